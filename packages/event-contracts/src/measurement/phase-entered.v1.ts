import { phaseEnteredV1 } from '../lifecycle-event.ts';

export const measurementPhaseEnteredV1 = phaseEnteredV1('measurement');
