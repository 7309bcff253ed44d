import { createHash } from 'node:crypto';

/** A stand-in for a national person number: the same for a name always, and nobody's. */
export function personNumber(username: string): string {
  const digest = createHash('sha256').update(`talkoot-local-person:${username}`).digest('hex');
  return `LOCAL-${digest.slice(0, 12).toUpperCase()}`;
}
