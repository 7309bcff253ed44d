import { reminderSentV1 } from '../lifecycle-event.ts';

export const pilotReminderSentV1 = reminderSentV1('pilot');
