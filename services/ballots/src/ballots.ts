import type { Outbox } from '@talkoot/event-bus';
import { createLifecycleRecord } from '@talkoot/lifecycle-record';
import type { Client } from '@temporalio/client';
import type { Connection } from 'mongoose';
import { ballotStore } from './casting/ballot.store.ts';
import { gateStore } from './casting/gate.store.ts';
import { rulesCache } from './casting/rules.cache.ts';
import { pollSteps } from './poll/poll.steps.ts';
import type { PollStepParts } from './poll/poll.steps.ts';
import { pollStore } from './poll/poll.store.ts';
import { tallyStore } from './tally/tally.store.ts';

export interface BallotsParts {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly temporal: Client;
  /** Tells both issuers to issue no more certificates for a poll, and learns how many each issued. */
  readonly closeIssuance: (pollId: string) => Promise<readonly number[]>;
}

/** Everything the routes of this service work with. */
export function ballotsOf(parts: BallotsParts) {
  const { connection, outbox, temporal } = parts;
  const polls = pollStore(connection);
  const gates = gateStore(connection);
  const tallies = tallyStore(connection);
  const report: PollStepParts['report'] = (session, fact) => record.report(session, fact);
  const onStep = { poll: pollSteps({ polls, gates, tallies, outbox, report }) };
  const record = createLifecycleRecord({ connection, outbox, temporal, onStep });
  return {
    ...parts,
    polls,
    gates,
    tallies,
    record,
    ballots: ballotStore(connection),
    rules: rulesCache(polls),
  };
}
export type Ballots = ReturnType<typeof ballotsOf>;
