import { stepRecordedV1 } from '../lifecycle-event.ts';

export const batchStepRecordedV1 = stepRecordedV1('batch');
