import { stepRecordedV1 } from '../lifecycle-event.ts';

export const pilotStepRecordedV1 = stepRecordedV1('pilot');
