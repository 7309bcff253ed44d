import type { Client as ApiClient } from '@talkoot/api-contracts';
import type { IdentityApi } from '@talkoot/api-contracts/identity';
import type { Outbox } from '@talkoot/event-bus';
import type { Logger } from '@talkoot/http-service';
import { createLifecycleRecord } from '@talkoot/lifecycle-record';
import type { WitnessAddress } from '@talkoot/witnessed-log';
import type { Client } from '@temporalio/client';
import type { Connection } from 'mongoose';
import { boardOf } from './board/board.ts';
import type { BoardSetting } from './board/sealed.poll.ts';
import { castingOf } from './casting/casting.ts';
import { gateStore } from './casting/gate.store.ts';
import { leafStore } from './casting/leaf.store.ts';
import { deskStore } from './desk/desk.store.ts';
import { keyStore } from './key/key.store.ts';
import { appealStore } from './poll/appeal.store.ts';
import { pollSteps } from './poll/poll.steps.ts';
import type { PollStepParts } from './poll/poll.steps.ts';
import { pollStore } from './poll/poll.store.ts';
import { fileStore } from './publication/file.store.ts';
import { publicationStore } from './publication/publication.store.ts';
import { tallyStore } from './tally/tally.store.ts';

/** A witness as manifests name it, and where it is. */
export interface Witness extends WitnessAddress {
  readonly organisation: string;
}

/** What this service asks of an issuer of certificates. */
export type IssuerClient = Pick<
  ApiClient<IdentityApi>,
  'getRollFile' | 'getIssuanceFile' | 'getIssuanceCheckpoints'
>;

export interface BallotsParts {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly temporal: Client;
  readonly log: Logger;
  readonly board: Omit<BoardSetting, 'witnesses'> & { readonly witnesses: readonly Witness[] };
  /** The municipality's and the auditor's, as manifests have them. */
  readonly issuers: readonly [IssuerClient, IssuerClient];
  /** The system's clock unless said. */
  readonly now?: () => Date;
}

/** Everything the routes of this service work with. */
export function ballotsOf({ board: setting, now = () => new Date(), ...parts }: BallotsParts) {
  const { connection, outbox, temporal, log } = parts;
  const polls = pollStore(connection);
  const gates = gateStore(connection);
  const leaves = leafStore(connection);
  const tallies = tallyStore(connection);
  const appeals = appealStore(connection);
  const report: PollStepParts['report'] = (session, fact) => record.report(session, fact);
  const onStep = { poll: pollSteps({ polls, gates, tallies, appeals, outbox, now, report }) };
  const record = createLifecycleRecord({ connection, outbox, temporal, onStep });
  const desks = deskStore(connection);
  const board = boardOf({ connection, polls, gates, leaves, desks, setting, log, now });
  return {
    ...parts,
    now,
    setting,
    polls,
    gates,
    tallies,
    appeals,
    record,
    board,
    casting: castingOf({ connection, board, gates, leaves }),
    keys: keyStore(connection),
    desks,
    files: fileStore(connection),
    publications: publicationStore(connection),
  };
}
export type Ballots = ReturnType<typeof ballotsOf>;
