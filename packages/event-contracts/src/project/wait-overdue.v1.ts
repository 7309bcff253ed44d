import { waitOverdueV1 } from '../lifecycle-event.ts';

export const projectWaitOverdueV1 = waitOverdueV1('project');
