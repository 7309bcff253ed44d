import { reminderSentV1 } from '../lifecycle-event.ts';

export const batchReminderSentV1 = reminderSentV1('batch');
