import { reminderSentV1 } from '../lifecycle-event.ts';

export const pollReminderSentV1 = reminderSentV1('poll');
