import { reminderSentV1 } from '../lifecycle-event.ts';

export const projectReminderSentV1 = reminderSentV1('project');
