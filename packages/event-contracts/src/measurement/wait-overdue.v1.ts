import { waitOverdueV1 } from '../lifecycle-event.ts';

export const measurementWaitOverdueV1 = waitOverdueV1('measurement');
