import { stepRecordedV1 } from '../lifecycle-event.ts';

export const pollStepRecordedV1 = stepRecordedV1('poll');
