import { phaseEnteredV1 } from '../lifecycle-event.ts';

export const roundPhaseEnteredV1 = phaseEnteredV1('round');
