export { before, CalendarError, dueAfter, timesOf } from './calendar.ts';
export type { Calendar, Times } from './calendar.ts';
