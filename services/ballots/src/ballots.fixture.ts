import type { Role } from '@talkoot/api-contracts';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import type { Ballot } from '@talkoot/api-contracts/ballots';
import { certificateMessage } from '@talkoot/api-contracts/identity';
import { outboxFor } from '@talkoot/event-bus';
import { connectMongo, createLog, prepareModels } from '@talkoot/http-service';
import { testApp, testTokens } from '@talkoot/http-service/testing';
import { initialState } from '@talkoot/workflow-contracts';
import type { Phase } from '@talkoot/workflow-contracts';
import type { Client } from '@temporalio/client';
import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { createBallotsApp } from './app.ts';
import { ballotsOf } from './ballots.ts';
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
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const published = { keyId: 'key-1', publicKey: publicKey.export({ format: 'jwk' }).x! };
  const outbox = outboxFor(connection, { source: '/services/ballots' });
  let issued = 0;
  const ballots = ballotsOf({
    connection,
    outbox,
    temporal: {} as Client,
    fetchCertificateKeys: async () => [published],
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
    /** How many certificates identity says it issued. */
    setIssued: (count: number) => (issued = count),
    certificate(pollId: string) {
      issued += 1;
      const serial = randomBytes(32).toString('hex');
      const signature = sign(null, certificateMessage(pollId, serial), privateKey).toString('hex');
      return { serial, signature, keyId: 'key-1' };
    },
    async prepare(pollId: string, wanted: PollPlan, phase: Phase<'poll'> = 'new') {
      await worker.preparePoll({ params: { pollId }, body: wanted });
      await worker.recordRoll({ params: { pollId }, body: { roll: 1000 } });
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
