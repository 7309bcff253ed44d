import { DateTime, Duration } from 'luxon';

/** Durations of one wait, ISO 8601; `remindBefore` counts back from the due instant. */
export interface Times {
  readonly duration: string;
  readonly remindBefore?: string | undefined;
  readonly escalateAfter?: string | undefined;
}

/** The part of a charter by which deadlines are counted. */
export interface Calendar {
  /** IANA zone. */
  readonly timeZone: string;
  /** Local dates, `YYYY-MM-DD`. */
  readonly holidays: readonly string[];
  /** Local time, `HH:MM`. */
  readonly endOfDay: string;
  readonly calendar: { readonly default: Times } & Readonly<Record<string, Times>>;
}

/** RFC 3339 in UTC. */
type Instant = string;

/** Name in the calendar of the time after which what nobody claimed may be closed. */
export const UNCLAIMED = 'obligation.unclaimed';

/** The times of a wait as the charter names it, else its default. */
export const timesOf = ({ calendar }: Calendar, name: string): Times => calendar[name] ?? calendar.default;

/** The charter cannot be counted with, e.g. its zone is unknown. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError';
  readonly code = 'calendar-invalid';
}

/** More free days in a row than any calendar has: the charter's holidays are wrong. */
const MOST_FREE_DAYS = 500;

/**
 * When a wait of `duration` counted from `since` ends. Durations of a day or more are counted on the local calendar,
 * moved off weekends and holidays to the next working day, and end with the last second of the charter's end of
 * day. Shorter ones are exact.
 *
 * @throws CalendarError when the zone or the duration cannot be counted with, or no working day is found.
 */
export function dueAfter(calendar: Calendar, since: Instant, duration: string): Instant {
  const start = localOf(calendar, since);
  const length = lengthOf(duration);
  if (isShorterThanADay(length)) return instantOf(start.plus(length));
  return instantOf(endOfDayOn(calendar, nextWorkingDay(calendar, start.plus(length))));
}

/**
 * The instant that lies `duration` before `at` on the local calendar.
 * @throws CalendarError when the zone or the duration cannot be counted with
 */
export function before(calendar: Calendar, at: Instant, duration: string): Instant {
  return instantOf(localOf(calendar, at).minus(lengthOf(duration)));
}

function localOf({ timeZone }: Calendar, at: Instant): DateTime {
  const local = DateTime.fromISO(at, { zone: timeZone });
  if (!local.isValid) throw new CalendarError(`${at} in ${timeZone}: ${local.invalidExplanation}`);
  return local;
}

function lengthOf(duration: string): Duration {
  const length = Duration.fromISO(duration);
  if (!length.isValid) throw new CalendarError(`${duration}: ${length.invalidExplanation}`);
  return length;
}

/** Counted on the clock, not on the calendar: PT23H on the day the clocks change is 23 hours. */
function isShorterThanADay(length: Duration): boolean {
  const { years, months, weeks, days } = length;
  return years === 0 && months === 0 && weeks === 0 && days === 0 && length.as('hours') < 24;
}

function nextWorkingDay({ holidays }: Calendar, from: DateTime): DateTime {
  let day = from;
  for (let free = 0; isFree(day, holidays); free += 1) {
    if (free > MOST_FREE_DAYS) throw new CalendarError('No working day follows');
    day = day.plus({ days: 1 });
  }
  return day;
}

const isFree = (day: DateTime, holidays: readonly string[]): boolean =>
  day.weekday > 5 || holidays.includes(day.toISODate() ?? '');

function endOfDayOn({ endOfDay }: Calendar, day: DateTime): DateTime {
  const [hour, minute] = endOfDay.split(':').map(Number) as [number, number];
  return day.set({ hour, minute, second: 59, millisecond: 0 });
}

function instantOf(local: DateTime): Instant {
  return new Date(local.toMillis()).toISOString();
}
