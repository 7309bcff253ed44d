import { stepRecordedV1 } from '../lifecycle-event.ts';

export const projectStepRecordedV1 = stepRecordedV1('project');
