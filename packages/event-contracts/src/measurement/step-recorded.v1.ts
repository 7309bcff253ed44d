import { stepRecordedV1 } from '../lifecycle-event.ts';

export const measurementStepRecordedV1 = stepRecordedV1('measurement');
