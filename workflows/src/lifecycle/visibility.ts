import { searchAttributes } from '@talkoot/workflow-contracts';
import type { LifecycleKind, StateOf, Wait } from '@talkoot/workflow-contracts';
import { defineSearchAttributeKey } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import { isTerminal } from './decide.ts';
import { specOf } from './wait.ts';

type AnyState = StateOf<LifecycleKind>;

const keys = {
  municipality: defineSearchAttributeKey(searchAttributes.municipality.name, 'KEYWORD'),
  pilot: defineSearchAttributeKey(searchAttributes.pilot.name, 'KEYWORD'),
  round: defineSearchAttributeKey(searchAttributes.round.name, 'KEYWORD'),
  phase: defineSearchAttributeKey(searchAttributes.phase.name, 'KEYWORD'),
  awaiting: defineSearchAttributeKey(searchAttributes.awaiting.name, 'KEYWORD'),
  overdue: defineSearchAttributeKey(searchAttributes.overdue.name, 'BOOL'),
  due: defineSearchAttributeKey(searchAttributes.due.name, 'DATETIME'),
} as const;

/** Who is awaited: somebody once their wait is open, before that the worker and the services, at the end nobody. */
export function awaitedIn(state: AnyState): string | null {
  if (isTerminal(state.kind, state.phase)) return null;
  return state.wait?.awaiting ?? 'system';
}

/** The search attributes of a lifecycle, changed only where the state changed. */
export class Signposts {
  #shown = '';

  show(state: AnyState): void {
    const { municipalityId, pilotId, roundId, phase, wait } = state;
    const now = [municipalityId, pilotId, roundId, phase, awaitedIn(state), wait?.overdue, wait?.due].join();
    if (now === this.#shown) return;
    this.#shown = now;
    upsertSearchAttributes([
      { key: keys.municipality, value: municipalityId },
      { key: keys.pilot, value: pilotId },
      { key: keys.round, value: roundId },
      { key: keys.phase, value: phase },
      { key: keys.awaiting, value: awaitedIn(state) },
      { key: keys.overdue, value: wait?.overdue ?? false },
      { key: keys.due, value: wait ? new Date(wait.due) : null },
    ]);
  }
}

/** What the worker does right now, and what stops it. */
export interface Work {
  readonly summary: string;
  readonly since: string;
  /** Set when it was refused for good and is only tried again slowly. */
  readonly trouble: string | null;
}

/** What an operator reads in the Temporal UI without knowing the code. */
export function describe(
  state: AnyState,
  words: string | null,
  work: readonly Work[],
  page: string | null,
): string {
  const lines = [
    `**${state.kind} ${state.id}**: phase **${state.phase}**${words === null ? '' : ` (${words})`}, step ${state.step}`,
    ...(state.wait ? describeWait(state.wait) : [describeAbsence(state)]),
    ...(state.side ? ['Beside it:', ...describeWait(state.side)] : []),
    ...work.map(describeWork),
    `Pilot ${state.pilotId}${state.roundId ? `, round ${state.roundId}` : ''}, ${state.municipalityId}`,
    ...(page === null ? [] : [`[Public page](${page})`]),
  ];
  return lines.join('\n\n');
}

/** While nobody is awaited yet, the worker or a service has something to do. */
function describeAbsence(state: AnyState): string {
  if (isTerminal(state.kind, state.phase)) return 'It has ended: nobody is awaited';
  const next = state.stage === null ? '' : `; next comes **${specOf(state.kind, state.stage).awaiting}**`;
  return `Waiting for the **system**${next}`;
}

function describeWait(wait: Wait): string[] {
  const marks = [
    wait.reminded ? 'reminded' : '',
    wait.overdue ? '**overdue**' : '',
    wait.escalated > 0 ? `escalated to ${wait.escalations[wait.escalated - 1]?.to}` : '',
    wait.suspendedSince ? `**suspended** since ${wait.suspendedSince}` : '',
    wait.requestedChange ? `${wait.requestedChange.change} requested, not confirmed` : '',
  ].filter((mark) => mark !== '');
  const suffix = marks.length > 0 ? ` (${marks.join(', ')})` : '';
  return [
    `Waiting for **${wait.awaiting}** since ${wait.since}: ${wait.name}`,
    `Due ${wait.due} (${wait.zone})${suffix}`,
  ];
}

function describeWork({ summary, since, trouble }: Work): string {
  return trouble === null
    ? `Being done since ${since}: ${summary}. If this stays, a service does not answer: see Pending Activities.`
    : `**Stuck** since ${since}: ${summary}: ${trouble}. It is tried again ever more slowly; the signal \`try-again\` tries at once.`;
}
