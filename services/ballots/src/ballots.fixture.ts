import type { Role } from '@talkoot/api-contracts';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import type { Ballot } from '@talkoot/api-contracts/ballots';
import type { IssuerRoll } from '@talkoot/api-contracts/identity';
import { newIssuerKey } from '@talkoot/ballot-protocol/issuer';
import type { IssuerKey } from '@talkoot/ballot-protocol/issuer';
import { outboxFor } from '@talkoot/event-bus';
import { connectMongo, createLog, prepareModels } from '@talkoot/http-service';
import { testApp, testTokens } from '@talkoot/http-service/testing';
import { initialState } from '@talkoot/workflow-contracts';
import type { Phase } from '@talkoot/workflow-contracts';
import type { Client } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { createBallotsApp } from './app.ts';
import { ballotsOf } from './ballots.ts';
import { certificateBy, Voter } from './casting/voter.fixture.ts';
import type { PollPlan } from './poll/poll.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });

/** A prioritisation over three projects of 60, 50 and 40 euros with 100 to spend. */
export const plan: PollPlan = {
  kind: 'prioritisation',
  municipalityId: 'lintula',
  pilotId: 'pil-1',
  roundId: 'rnd-1',
  projectId: null,
  reportTo: { kind: 'round', id: 'rnd-1' },
  options: [
    { optionId: 'prj-a', cost: euros(6000) },
    { optionId: 'prj-b', cost: euros(5000) },
    { optionId: 'prj-c', cost: euros(4000) },
  ],
  budget: euros(10_000),
  ballot: { type: 'approval', minChoices: 1, maxChoices: 2 },
  rule: 'greedy',
};

export const criteriaPlan: PollPlan = {
  ...plan,
  kind: 'criteria',
  roundId: null,
  projectId: 'prj-a',
  reportTo: { kind: 'project', id: 'prj-a' },
  options: [
    { optionId: 'crt-1', cost: null },
    { optionId: 'crt-2', cost: null },
  ],
  budget: null,
  ballot: { type: 'yes-no', minChoices: 0, maxChoices: 2 },
};
export const bonusPlan: PollPlan = {
  ...criteriaPlan,
  kind: 'bonus',
  ballot: { type: 'bonus', minChoices: 0, maxChoices: 2 },
};

const course: readonly Phase<'poll'>[] = [
  'new',
  'prepared',
  'roll-frozen',
  'open',
  'closed',
  'tallied',
  'published',
];

/** The service on a database of its own. Steps of polls are recorded as the worker would record them. */
export async function ballotsFixture(mongodbUrl: string) {
  const url = mongodbUrl.replace(/\/?(\?|$)/, `/ballots_${randomUUID().slice(0, 8)}$1`);
  const connection = await connectMongo(url, { appName: 'ballots-test' });
  const [first, second] = await Promise.all([newIssuerKey(), newIssuerKey()]);
  const bindings = new Map<string, Buffer>();
  const outbox = outboxFor(connection, { source: '/services/ballots' });
  let issued: [number, number] = [0, 0];
  const ballots = ballotsOf({
    connection,
    outbox,
    temporal: {} as Client,
    closeIssuance: async () => issued,
  });
  await prepareModels(connection);
  await outbox.prepare();
  const tokens = await testTokens();
  const log = createLog('ballots', process.env['TEST_LOG'] ?? 'silent');
  const shell = { auth: tokens.auth, log, publicUrl: 'http://ballots.test' };
  const app = await testApp(createBallotsApp({ ballots, ...shell }), ballotsApi);
  const worker = app.client(await tokens.serviceToken('worker', 'ballots', 59));
  const projects = app.client(await tokens.serviceToken('projects', 'ballots', 59));

  /** Records the steps that bring a poll from one phase to another. */
  async function advance(pollId: string, to: Phase<'poll'>, from: Phase<'poll'> = 'new') {
    const first = course.indexOf(from) + 1;
    for (const [index, phase] of course.slice(first, course.indexOf(to) + 1).entries()) {
      const number = first + index;
      await ballots.record.handlers.recordStep(stepTo(pollId, phase, course[number - 1]!, number));
    }
  }
  return {
    connection,
    ballots,
    url: app.url,
    anyone: app.client(),
    worker,
    projects,
    advance,
    as: async (id: string, municipalityId: string, ...roles: Role[]) =>
      app.client(await tokens.personToken({ id, grants: { [municipalityId]: roles } })),
    /** How many certificates each issuer says it issued. */
    setIssued: (municipality: number, auditor: number) => (issued = [municipality, auditor]),
    /** The keys of the municipality and the auditor, in every poll of this fixture. */
    issuers: [first, second] as const,
    /** What the ballots of a poll are bound to. */
    m: (pollId: string) => bindings.get(pollId)!,
    /** A resident whose device was certified by both issuers. */
    voter(pollId: string): Voter {
      issued = [issued[0] + 1, issued[1] + 1];
      const m = bindings.get(pollId)!;
      return new Voter(m, (publicKey) => [
        certificateBy(first.privateKey, m, publicKey),
        certificateBy(second.privateKey, m, publicKey),
      ]);
    },
    async prepare(pollId: string, wanted: PollPlan, phase: Phase<'poll'> = 'new') {
      await worker.preparePoll({ params: { pollId }, body: wanted });
      const body = { issuers: issuerRolls(first, second) };
      const { manifestSha256 } = await worker.recordRolls({ params: { pollId }, body });
      bindings.set(pollId, Buffer.from(manifestSha256, 'hex'));
      await advance(pollId, phase);
    },
    cast: (pollId: string, body: Ballot) => app.client().castBallot({ params: { pollId }, body }),
    async stop() {
      await app.close();
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
export type BallotsFixture = Awaited<ReturnType<typeof ballotsFixture>>;

function stepTo(pollId: string, phase: string, from: string, number: number) {
  const ids = { id: pollId, municipalityId: 'lintula', pilotId: 'pil-1' };
  const step = {
    number,
    name: phase,
    cause: 'phase',
    from,
    phase,
    command: null,
    waitEffect: null,
    data: {},
    at: '2026-11-24T00:00:00.000Z',
  };
  const state = { ...initialState('poll', ids), phase, step: number };
  return { params: { kind: 'poll', lifecycleId: pollId }, body: { step, state } } as never;
}

/** Rolls of a thousand, as both issuers answer them. */
export function issuerRolls(first: IssuerKey, second: IssuerKey): IssuerRoll[] {
  return [
    { name: 'municipality', modulus: first.modulus, roll: 1000, excluded: 0, rollHash: 'a'.repeat(64) },
    { name: 'auditor', modulus: second.modulus, roll: 1000, excluded: 0, rollHash: 'b'.repeat(64) },
  ];
}
