import { waitChangedV1 } from '../lifecycle-event.ts';

export const roundWaitChangedV1 = waitChangedV1('round');
