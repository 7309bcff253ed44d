import { phaseEnteredV1 } from '../lifecycle-event.ts';

export const pilotPhaseEnteredV1 = phaseEnteredV1('pilot');
