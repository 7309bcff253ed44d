import { reminderSentV1 } from '../lifecycle-event.ts';

export const measurementReminderSentV1 = reminderSentV1('measurement');
