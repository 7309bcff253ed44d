import type { PollWindows } from '@talkoot/api-contracts/ballots';
import { before, dueAfter, timesOf } from '@talkoot/charter-calendar';
import type { Calendar } from '@talkoot/charter-calendar';
import type { Instant, Wait, WaitSpec } from '@talkoot/workflow-contracts';

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
  const durationOf = (wait: string) => timesOf(calendar, `poll.${wait}`).duration;
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
  const times = timesOf(calendar, `${plan.kind}.${name}`);
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
function reminderOf(calendar: Calendar, since: Instant, due: Instant, length: string): Instant | null {
  const at = before(calendar, due, length);
  return Date.parse(at) > Date.parse(since) ? at : null;
}
