import { waitOverdueV1 } from '../lifecycle-event.ts';

export const pollWaitOverdueV1 = waitOverdueV1('poll');
