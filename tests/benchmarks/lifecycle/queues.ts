/** Task queue of the plain workflows. */
export const PLAIN_QUEUE = 'plain';
