import { phaseEnteredV1 } from '../lifecycle-event.ts';

export const pollPhaseEnteredV1 = phaseEnteredV1('poll');
