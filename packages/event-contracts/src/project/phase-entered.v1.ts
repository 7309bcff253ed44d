import { phaseEnteredV1 } from '../lifecycle-event.ts';

export const projectPhaseEnteredV1 = phaseEnteredV1('project');
