import { waitOverdueV1 } from '../lifecycle-event.ts';

export const batchWaitOverdueV1 = waitOverdueV1('batch');
