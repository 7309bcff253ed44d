import { reminderSentV1 } from '../lifecycle-event.ts';

export const roundReminderSentV1 = reminderSentV1('round');
