export { before, CalendarError, dueAfter, timesOf, UNCLAIMED } from './calendar.ts';
export type { Calendar, Times } from './calendar.ts';
