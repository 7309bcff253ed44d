import type { Role } from '@talkoot/api-contracts';
import { waits } from '@talkoot/workflow-contracts';
import type { Instant, LifecycleKind, Wait, WaitSpec } from '@talkoot/workflow-contracts';

/** The next thing that time does to a wait. */
export type Deadline =
  | { readonly at: Instant; readonly does: 'remind' | 'overdue' | 'end' }
  | { readonly at: Instant; readonly does: 'escalate'; readonly to: Role };

export function specOf(kind: LifecycleKind, name: string): WaitSpec {
  const spec = (waits[kind] as Readonly<Record<string, WaitSpec>>)[name];
  if (!spec) throw new TypeError(`${kind} has no wait ${name}`);
  return spec;
}

/**
 * Reminder, due, each rung of the ladder, giving up: in this order, one at a time. Null while suspended. Whether it goes up a
 * ladder was fixed when the wait was planned: what is open keeps its course when a release gives its kind another.
 */
export function nextDeadline(wait: Wait): Deadline | null {
  if (wait.suspendedSince !== null) return null;
  if (!wait.overdue) {
    if (wait.remindAt !== null && !wait.reminded) return { at: wait.remindAt, does: 'remind' };
    return { at: wait.due, does: wait.lapseAt === null ? 'end' : 'overdue' };
  }
  const rung = wait.escalations[wait.escalated];
  if (rung) return { at: rung.at, does: 'escalate', to: rung.to };
  return wait.lapseAt === null ? null : { at: wait.lapseAt, does: 'end' };
}

/** The wait after time did something to it short of ending it. */
export function afterDeadline(wait: Wait, deadline: Deadline): Wait {
  if (deadline.does === 'remind') return { ...wait, reminded: true };
  if (deadline.does === 'overdue') return { ...wait, overdue: true };
  if (deadline.does === 'escalate') return { ...wait, escalated: wait.escalated + 1 };
  return wait;
}

/** Moves every instant of the wait that is still to come by so many milliseconds. */
export function shift(wait: Wait, ms: number): Wait {
  const later = (at: Instant) => new Date(Date.parse(at) + ms).toISOString();
  return {
    ...wait,
    remindAt: wait.remindAt === null ? null : later(wait.remindAt),
    due: later(wait.due),
    escalations: wait.escalations.map(({ to, at }) => ({ to, at: later(at) })),
    lapseAt: wait.lapseAt === null ? null : later(wait.lapseAt),
  };
}
