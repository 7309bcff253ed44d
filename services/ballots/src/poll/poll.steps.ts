import { eventOf } from '@talkoot/event-bus';
import type { Outbox } from '@talkoot/event-bus';
import { pollTalliedV1 } from '@talkoot/event-contracts';
import { DomainError } from '@talkoot/http-service';
import type { StepEffect } from '@talkoot/lifecycle-record';
import type { Phase, RecordedStep } from '@talkoot/workflow-contracts';
import type { ClientSession } from 'mongoose';
import type { GateStore } from '../casting/gate.store.ts';
import type { TallyStore } from '../tally/tally.store.ts';
import type { Poll } from './poll.ts';
import type { PollStore } from './poll.store.ts';

export interface PollStepParts {
  readonly polls: PollStore;
  readonly gates: GateStore;
  readonly tallies: TallyStore;
  readonly outbox: Outbox;
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

/** What a step of a poll changes here, in the transaction that records it. */
export function pollSteps(parts: PollStepParts): StepEffect {
  const { polls, gates } = parts;
  return async (step, state, session) => {
    const phase = step.phase as Phase<'poll'>;
    if (step.from === phase) return;
    await polls.setPhase(state.id, phase, session);
    if (phase === 'open') await openGate(parts, state.id, session);
    if (phase === 'closed') await gates.close(state.id, session);
    if (phase === 'published') await tellPublished(parts, state.id, step, session);
  };
}

/** Both issuers or none: a poll whose manifest is missing stays shut, whoever asks. */
async function openGate(
  { polls, gates }: PollStepParts,
  pollId: string,
  session: ClientSession,
): Promise<void> {
  const poll = await polls.find(pollId, session);
  if (poll?.manifest == null) throw new DomainError('poll-roll-not-frozen');
  await gates.open(pollId, session);
}

async function tellPublished(
  { polls, tallies, outbox, report }: PollStepParts,
  pollId: string,
  step: RecordedStep,
  session: ClientSession,
): Promise<void> {
  const poll = (await polls.find(pollId, session)) as Poll;
  const result = await tallies.find(pollId, session);
  if (!result) throw new Error('A poll without a tally cannot be published');
  const { municipalityId, reportTo, kind } = poll;
  const data = { pollKind: kind, ballots: result.ballots, roll: result.roll, result: result.sha256 };
  const about = { aggregateId: pollId, municipalityId, occurredAt: step.at };
  await outbox.appendEvents(session, [eventOf({ event: pollTalliedV1, ...about, data })]);
  await report(session, {
    kind: reportTo.kind,
    lifecycleId: reportTo.id,
    municipalityId,
    name: 'poll-decided',
    factId: `poll-decided/${pollId}`,
    data: { pollId },
  });
}
