import { waitChangedV1 } from '../lifecycle-event.ts';

export const pilotWaitChangedV1 = waitChangedV1('pilot');
