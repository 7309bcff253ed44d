import { waitChangers } from '@talkoot/workflow-contracts';
import type {
  Command,
  Instant,
  Wait,
  WaitChange,
  WaitCommandData,
  WaitEffect,
} from '@talkoot/workflow-contracts';
import { refuse } from './decisions.ts';
import type { Refusal } from './decisions.ts';
import { shift } from './wait.ts';

/** A wait changed by two people, and what the record shows of it. */
export interface ChangedWait {
  readonly wait: Wait;
  readonly effect: WaitEffect | null;
  readonly data: Readonly<Record<string, unknown>>;
}

const effects = {
  extend: 'extended',
  suspend: 'suspended',
  resume: 'resumed',
  rectify: 'rectified',
} as const satisfies Record<WaitChange['change'], WaitEffect>;

/** One authorised person asks for a change of the running wait; it changes nothing yet. */
export function requestChange(
  wait: Wait,
  command: Command<string, WaitCommandData['request-change']>,
): ChangedWait | Refusal {
  if (!mayChange(command)) return refuse('not-awaited');
  const { change, due, reason } = command.data;
  if (!isPossible(wait, command.data)) return refuse(wait.suspendedSince ? 'suspended' : 'invalid-change');
  const requested = { change, reason, by: command.actor.id, ...(due === undefined ? {} : { due }) };
  return {
    wait: { ...wait, requestedChange: requested },
    effect: null,
    data: { wait: wait.name, ...command.data },
  };
}

/** Another authorised person confirms it, and it takes effect. */
export function confirmChange(
  wait: Wait,
  command: Command<string, WaitCommandData['confirm-change']>,
  now: Instant,
): ChangedWait | Refusal {
  if (!mayChange(command)) return refuse('not-awaited');
  const requested = wait.requestedChange;
  const { change, due } = command.data;
  if (requested?.change !== change || requested.due !== due) return refuse('no-change-requested');
  if (requested.by === command.actor.id) return refuse('same-person-twice');
  if (!isPossible(wait, requested)) return refuse('invalid-change');
  const changed = { ...apply(wait, requested, now), requestedChange: null };
  return {
    wait: changed,
    effect: effects[requested.change],
    data: { wait: wait.name, change: requested.change, reason: requested.reason, due: changed.due },
  };
}

const mayChange = (command: Command): boolean =>
  (waitChangers as readonly string[]).includes(command.actor.as);

function isPossible(wait: Wait, { change, due }: WaitChange): boolean {
  if (change === 'resume') return wait.suspendedSince !== null;
  if (wait.suspendedSince !== null) return false;
  if (change === 'suspend') return true;
  if (due === undefined || Number.isNaN(Date.parse(due))) return false;
  return change === 'rectify' || Date.parse(due) > Date.parse(wait.due);
}

function apply(wait: Wait, { change, due }: WaitChange, now: Instant): Wait {
  if (change === 'suspend') return { ...wait, suspendedSince: now };
  if (change === 'resume') {
    const suspended = Date.parse(now) - Date.parse(wait.suspendedSince ?? now);
    return { ...shift(wait, suspended), suspendedSince: null };
  }
  const moved = shift(wait, Date.parse(due ?? wait.due) - Date.parse(wait.due));
  const isAhead = (at: Instant | null) => at !== null && Date.parse(at) > Date.parse(now);
  return { ...moved, reminded: wait.reminded && !isAhead(moved.remindAt), overdue: false, escalated: 0 };
}
