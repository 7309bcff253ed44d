import type { PollWindows } from '@talkoot/api-contracts/ballots';
import type { Charter } from '@talkoot/api-contracts/projects';
import type { Instant, Wait, WaitSpec } from '@talkoot/workflow-contracts';
import { DateTime, Duration } from 'luxon';

/** The part of a charter by which deadlines are counted. */
export type Calendar = Pick<Charter, 'timeZone' | 'holidays' | 'endOfDay' | 'calendar'>;

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

/** Who has both certificates may cast for so long after the last was issued. */
const CASTING_MS = 30 * 60_000;
/** Whoever misses their ballot has at least so long to say it. */
const COMPLAINTS_MS = 72 * 3_600_000;

/**
 * The windows of a poll whose manifest is made at `since`: opening, voting and complaints as the charter counts them, casting 30
 * minutes, complaints moved on until they are at least 72 hours. To the second, as the manifest has them.
 *
 * @throws CalendarError as {@link dueAfter}
 */
export function planWindows(calendar: Calendar, since: Instant): PollWindows {
  const durationOf = (wait: string) =>
    (calendar.calendar[`poll.${wait}`] ?? calendar.calendar.default).duration;
  const opens = dueAfter(calendar, since, durationOf('opening'));
  const certificatesClose = dueAfter(calendar, opens, durationOf('voting'));
  const castingCloses = later(certificatesClose, CASTING_MS);
  const least = later(castingCloses, COMPLAINTS_MS);
  const complaintsClose = [durationOf('complaints'), 'P3D', 'P4D']
    .map((duration) => dueAfter(calendar, castingCloses, duration))
    .find((due) => due >= least);
  return {
    opens: inSeconds(opens),
    certificatesClose: inSeconds(certificatesClose),
    castingCloses: inSeconds(castingCloses),
    complaintsClose: inSeconds(complaintsClose ?? least),
  };
}

const later = (at: Instant, ms: number): Instant => new Date(Date.parse(at) + ms).toISOString();

/** Without the fraction of its second. */
const inSeconds = (at: Instant): Instant => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

/** A wait as its charter times it. `due` overrides the calendar; `from` and `duration` override its parts. */
export function planWait(plan: {
  readonly calendar: Calendar;
  readonly kind: string;
  readonly name: string;
  readonly spec: WaitSpec;
  readonly since: Instant;
  readonly from?: Instant;
  readonly duration?: string;
  readonly due?: Instant;
}): Wait {
  const { calendar, name, spec, since } = plan;
  const standard = calendar.calendar.default;
  const times = calendar.calendar[`${plan.kind}.${name}`] ?? standard;
  const due = plan.due ?? dueAfter(calendar, plan.from ?? since, plan.duration ?? times.duration);
  const rung = times.escalateAfter ?? standard.escalateAfter ?? times.duration;
  const instants = spec.atDue === 'escalate' ? ladder(calendar, due, rung, spec.escalatesTo.length + 1) : [];
  return {
    name,
    awaiting: spec.awaiting,
    since,
    zone: calendar.timeZone,
    remindAt: times.remindBefore === undefined ? null : reminderOf(calendar, since, due, times.remindBefore),
    due,
    escalations:
      spec.atDue === 'escalate' ? spec.escalatesTo.map((to, at) => ({ to, at: instants[at]! })) : [],
    lapseAt: instants.at(-1) ?? null,
    reminded: false,
    escalated: 0,
    overdue: false,
    suspendedSince: null,
    requestedChange: null,
    outcome: null,
  };
}

/** Each rung is counted from the one before; the last instant gives the wait up. */
function ladder(calendar: Calendar, due: Instant, rung: string, rungs: number): Instant[] {
  const instants: Instant[] = [];
  for (let at = due; instants.length < rungs; instants.push(at)) at = dueAfter(calendar, at, rung);
  return instants;
}

/** No reminder when it would come before the wait begins. */
function reminderOf(calendar: Calendar, since: Instant, due: Instant, before: string): Instant | null {
  const at = instantOf(localOf(calendar, due).minus(lengthOf(before)));
  return at > instantOf(localOf(calendar, since)) ? at : null;
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
