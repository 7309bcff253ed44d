import { waitChangedV1 } from '../lifecycle-event.ts';

export const batchWaitChangedV1 = waitChangedV1('batch');
