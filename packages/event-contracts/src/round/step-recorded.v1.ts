import { stepRecordedV1 } from '../lifecycle-event.ts';

export const roundStepRecordedV1 = stepRecordedV1('round');
