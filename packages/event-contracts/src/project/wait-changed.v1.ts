import { waitChangedV1 } from '../lifecycle-event.ts';

export const projectWaitChangedV1 = waitChangedV1('project');
