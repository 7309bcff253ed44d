import { eventOf } from '@talkoot/event-bus';
import type { Outbox } from '@talkoot/event-bus';
import { pollTalliedV1 } from '@talkoot/event-contracts';
import { DomainError } from '@talkoot/http-service';
import type { StepEffect } from '@talkoot/lifecycle-record';
import type { Phase, RecordedStep } from '@talkoot/workflow-contracts';
import type { ClientSession } from 'mongoose';
import type { GateStore } from '../casting/gate.store.ts';
import { resultWithout } from '../tally/result.ts';
import type { TallyStore } from '../tally/tally.store.ts';
import type { AppealStore } from './appeal.store.ts';
import { requireOnCourse } from './poll.course.ts';
import { isOpen, isOver } from './poll.ts';
import type { Poll } from './poll.ts';
import type { PollStore } from './poll.store.ts';

export interface PollStepParts {
  readonly polls: PollStore;
  readonly gates: GateStore;
  readonly tallies: TallyStore;
  readonly appeals: AppealStore;
  readonly outbox: Outbox;
  readonly now: () => Date;
  /** Tells a lifecycle a fact; see lifecycle-record. */
  readonly report: (
    session: ClientSession,
    fact: {
      kind: 'round' | 'project';
      lifecycleId: string;
      municipalityId: string;
      name: string;
      factId: string;
      data: unknown;
    },
  ) => Promise<void>;
}

/**
 * What a step of a poll changes here, in the transaction that records it. Whoever has the worker's token, or writes to its
 * engine, takes no step that a poll cannot take.
 */
export function pollSteps(parts: PollStepParts): StepEffect {
  return async (step, state, session) => {
    const { polls, gates, tallies, now } = parts;
    const poll = await polls.find(state.id, session);
    if (!poll) return;
    requireOnCourse(poll, step, now());
    const phase = step.phase as Phase<'poll'>;
    if (step.from === phase) return;
    if (phase === 'annulled') await requireAnnulment(parts, poll, step, session);
    await polls.setPhase(state.id, phase, session);
    if (phase === 'open') await openGate(parts, poll, session);
    if (isOpen(step.from as Phase<'poll'>) && !isOpen(phase)) await gates.close(state.id, session);
    if (phase === 'published') await tellTallied(parts, poll, step, session);
    if (phase === 'not-held') await tallies.put(resultWithout(poll, 'not-held'), [], session);
    if (phase === 'annulled') await tallies.annul(resultWithout(poll, 'annulled'), session);
    if (isOver(phase)) await tellDecided(parts, poll, session);
  };
}

/** Nothing can be sealed to a poll without a manifest: it stays shut, whoever asks. */
async function openGate({ gates }: PollStepParts, poll: Poll, session: ClientSession): Promise<void> {
  if (poll.manifest === null) throw new DomainError('poll-without-manifest');
  await gates.open(poll.pollId, session);
}

/** Only the appeal body annuls a poll, and it said so here. */
async function requireAnnulment(
  { appeals }: PollStepParts,
  { pollId }: Poll,
  { command }: RecordedStep,
  session: ClientSession,
): Promise<void> {
  const annuls = command?.name === 'decide-appeal' || command?.name === 'confirm-annulment';
  if (annuls && (await appeals.isUpheld(command.decisionId, pollId, session))) return;
  throw new DomainError('annulment-not-decided');
}

async function tellTallied(
  { tallies, outbox }: PollStepParts,
  { pollId, municipalityId, kind }: Poll,
  step: RecordedStep,
  session: ClientSession,
): Promise<void> {
  const result = await tallies.find(pollId, session);
  if (!result) throw new Error('A poll without a tally cannot be published');
  const { outcome, ballots, roll, sha256 } = result;
  const data = { pollKind: kind, outcome, ballots, roll, result: sha256 };
  const about = { aggregateId: pollId, municipalityId, occurredAt: step.at };
  await outbox.appendEvents(session, [eventOf({ event: pollTalliedV1, ...about, data })]);
}

async function tellDecided({ report }: PollStepParts, poll: Poll, session: ClientSession): Promise<void> {
  const { pollId, municipalityId, reportTo } = poll;
  await report(session, {
    kind: reportTo.kind,
    lifecycleId: reportTo.id,
    municipalityId,
    name: 'poll-decided',
    factId: `poll-decided/${pollId}`,
    data: { pollId },
  });
}
