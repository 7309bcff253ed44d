import { waitOverdueV1 } from '../lifecycle-event.ts';

export const pilotWaitOverdueV1 = waitOverdueV1('pilot');
