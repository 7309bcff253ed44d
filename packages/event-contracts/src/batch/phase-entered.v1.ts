import { phaseEnteredV1 } from '../lifecycle-event.ts';

export const batchPhaseEnteredV1 = phaseEnteredV1('batch');
