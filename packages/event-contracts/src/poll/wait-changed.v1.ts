import { waitChangedV1 } from '../lifecycle-event.ts';

export const pollWaitChangedV1 = waitChangedV1('poll');
