import { initialState, waits } from '@talkoot/workflow-contracts';
import type {
  ActingPerson,
  Command,
  LifecycleKind,
  StateOf,
  Wait,
  WaitSpec,
} from '@talkoot/workflow-contracts';
import { batchDecisions } from '../src/batch/batch.decisions.ts';
import { decideCommand, isRefusal } from '../src/lifecycle/decide.ts';
import type { Decisions } from '../src/lifecycle/decisions.ts';
import { measurementDecisions } from '../src/measurement/measurement.decisions.ts';
import { pilotDecisions } from '../src/pilot/pilot.decisions.ts';
import { pollDecisions } from '../src/poll/poll.decisions.ts';
import { projectDecisions } from '../src/project/project.decisions.ts';
import { roundDecisions } from '../src/round/round.decisions.ts';

/** The decisions of every kind. */
export const allDecisions: { readonly [K in LifecycleKind]: Decisions<K> } = {
  pilot: pilotDecisions,
  round: roundDecisions,
  project: projectDecisions,
  poll: pollDecisions,
  measurement: measurementDecisions,
  batch: batchDecisions,
};

export const now = '2027-03-03T10:00:00.000Z';

/** A running wait of March 2027. */
export function waitOf(kind: LifecycleKind, name: string, changed: Partial<Wait> = {}): Wait {
  const spec = (waits[kind] as Readonly<Record<string, WaitSpec>>)[name]!;
  return {
    name,
    awaiting: spec.awaiting,
    since: '2027-03-01T10:00:00.000Z',
    zone: 'Europe/Helsinki',
    remindAt: '2027-03-08T10:00:00.000Z',
    due: '2027-03-10T10:00:00.000Z',
    escalations: spec.escalatesTo.map((to, at) => ({ to, at: `2027-03-${11 + at}T10:00:00.000Z` })),
    lapseAt: spec.atDue === 'escalate' ? '2027-03-20T10:00:00.000Z' : null,
    reminded: false,
    escalated: 0,
    overdue: false,
    suspendedSince: null,
    requestedChange: null,
    outcome: null,
    ...changed,
  };
}

/** A state with the wait of its stage open. */
export function stateAt<K extends LifecycleKind>(kind: K, at: Partial<StateOf<K>>): StateOf<K> {
  const ids = { id: 'prj-1', municipalityId: 'lintula', pilotId: 'pil-1', projectId: 'prj-1' };
  const wait = at.stage ? waitOf(kind, at.stage) : null;
  return { ...(initialState(kind, ids) as unknown as StateOf<K>), wait, ...at };
}

export function command(
  name: string,
  as: ActingPerson['as'],
  data: unknown = {},
  person = `per-${as}`,
): Command {
  return {
    decisionId: `${name} by ${person}: ${JSON.stringify(data)}`,
    bodyHash: '',
    name,
    actor: { id: person, as },
    data,
  };
}

/** The state after a decision, or the code of its refusal. */
export function decide<K extends LifecycleKind>(state: StateOf<K>, given: Command): StateOf<K> | string {
  const verdict = decideCommand(allDecisions[state.kind as K], state, given, now);
  return isRefusal(verdict) ? verdict.refuse : verdict.state;
}
