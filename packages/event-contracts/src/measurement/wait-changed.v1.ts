import { waitChangedV1 } from '../lifecycle-event.ts';

export const measurementWaitChangedV1 = waitChangedV1('measurement');
