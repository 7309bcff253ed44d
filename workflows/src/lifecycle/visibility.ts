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

/** What one kind of lifecycle says of itself beyond what all have. */
export interface Said {
  /** What the phase means. */
  readonly phase: string | null;
  /** What is to be done in the running wait, and by whom. */
  readonly acts: readonly string[];
}

/** What an operator reads in the Temporal UI without knowing the code: Markdown, a paragraph a line. */
export function describe(
  state: AnyState,
  { phase, acts }: Said,
  work: readonly Work[],
  page: string | null,
): string {
  const { kind, id, municipalityId, pilotId, roundId, projectId, step } = state;
  const place = [`Pilot ${pilotId}`, roundId && `round ${roundId}`, projectId && `project ${projectId}`];
  const paragraphs = [
    `**${kind} ${id}** of ${municipalityId}: **${state.phase}**${phase === null ? '' : `, that is: ${phase}`}`,
    ...(state.wait ? describeWait(state, state.wait) : [describeAbsence(state, work)]),
    ...(state.wait && acts.length > 0 ? [acts.map((act) => `- ${act}`).join('\n')] : []),
    ...(state.side ? ['Beside it:', ...describeWait(state, state.side)] : []),
    ...work.map((one) => describeWork(one, id)),
    `${place.filter((one) => one !== null).join(', ')}; ${step} steps are on record`,
    ...(page === null ? [] : [`[Public page](${page})`]),
  ];
  return paragraphs.join('\n\n');
}

/** While nobody is awaited yet, the worker or a service has something to do. */
function describeAbsence(state: AnyState, work: readonly Work[]): string {
  if (isTerminal(state.kind, state.phase))
    return 'It has ended: nobody is awaited, and nothing is to be done';
  const next = state.stage === null ? '' : `; next comes **${specOf(state.kind, state.stage).awaiting}**`;
  const isStuck = work.some(({ trouble }) => trouble !== null);
  return `Waiting for the **system**${next}${isStuck ? '' : ': nobody has to do anything while it works'}`;
}

function describeWait({ kind }: AnyState, wait: Wait): string[] {
  const { awaiting, name, since, suspendedSince, requestedChange } = wait;
  const at = (instant: string) => inZone(instant, wait.zone);
  return [
    `Waiting for **${awaiting}** since ${at(since)}: ${name}`,
    suspendedSince === null
      ? `Due **${at(wait.due)}** (${wait.zone})${wait.overdue ? ', **overdue**' : ''}. ${whenDue(kind, wait)}`
      : `**Suspended** since ${at(suspendedSince)} (${wait.zone}): its time stands still until two people resume it`,
    ...(requestedChange ? [describeChange(requestedChange, at)] : []),
  ];
}

/** What time alone will do to it. */
function whenDue(kind: LifecycleKind, wait: Wait): string {
  const { atDue } = specOf(kind, wait.name);
  if (atDue === 'proceed') return 'Then it goes on by itself';
  if (atDue === 'lapse') return 'Then the chance is over, and cannot be had again';
  const at = (instant: string) => inZone(instant, wait.zone);
  const told = wait.escalations.map(({ to, at: when }, rung) =>
    rung < wait.escalated ? `${to} was told` : `${to} is told ${at(when)}`,
  );
  const end = wait.lapseAt === null ? 'it stays open until they act' : `it lapses ${at(wait.lapseAt)}`;
  return `When it is overdue: ${[...told, end].join(', ')}`;
}

function describeChange(
  { change, due }: NonNullable<Wait['requestedChange']>,
  at: (instant: string) => string,
): string {
  const until = due === undefined ? '' : ` to ${at(due)}`;
  return `Somebody asked to **${change}** it${until}: a second person has to confirm that before it holds`;
}

function describeWork({ summary, since, trouble }: Work, id: string): string {
  const clock = since.slice(0, 19).replace('T', ' ');
  return trouble === null
    ? `Being done since ${clock} UTC: ${summary}. If this stays for more than a minute, somebody does not answer: *Pending Activities* says who (Last Failure). It is tried again by itself.`
    : `**Stuck** since ${clock} UTC: ${summary}: ${trouble}. Mend what this names, then \`talkoot lifecycle try-again ${id}\` (the signal \`try-again\`); by itself it is tried ever more slowly.`;
}

/** Without offset, as people of the place read their clocks: 2027-05-26 16:00. */
function inZone(instant: string, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(
    new Date(instant),
  );
}
