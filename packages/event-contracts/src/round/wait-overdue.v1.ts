import { waitOverdueV1 } from '../lifecycle-event.ts';

export const roundWaitOverdueV1 = waitOverdueV1('round');
