import { createClient } from '@talkoot/api-contracts';
import type { Role } from '@talkoot/api-contracts';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import type { PollWindows } from '@talkoot/api-contracts/ballots';
import type { IssuerRoll } from '@talkoot/api-contracts/identity';
import {
  finishCeremony,
  newRollSalt,
  newSigningKey,
  newTrustee,
  readCeremony,
  readManifest,
  rollCommitment,
  rollHash,
  sealLotSeed,
  startRound1,
  startRound2,
  writeRoll,
} from '@talkoot/ballot-protocol';
import type { Ballot, BindingManifest, SealedSeed, TrusteeSecrets } from '@talkoot/ballot-protocol';
import { newIssuerKey } from '@talkoot/ballot-protocol/issuer';
import type { IssuerKey } from '@talkoot/ballot-protocol/issuer';
import { castBallot, certifiedVoter } from '@talkoot/ballot-protocol/testing';
import type { Voter } from '@talkoot/ballot-protocol/testing';
import { outboxFor } from '@talkoot/event-bus';
import { connectMongo, createLog, prepareModels } from '@talkoot/http-service';
import { testApp, testTokens } from '@talkoot/http-service/testing';
import { startTestWitness } from '@talkoot/witnessed-log/testing';
import { initialState } from '@talkoot/workflow-contracts';
import type { Command, Phase } from '@talkoot/workflow-contracts';
import type { Client } from '@temporalio/client';
import { randomBytes, randomUUID } from 'node:crypto';
import { createBallotsApp } from './app.ts';
import { ballotsOf } from './ballots.ts';
import type { PollPlan } from './poll/poll.ts';
import { issuerClientOf } from './publication/issuer.fixture.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
/** A point of the curve that is no key of a ceremony. */
export const anyPoint = '036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296';
const euros = (amount: number) => ({ amount, currency: 'EUR' });

/** Three of three organisations, two of whom open the ballots; the same in every poll, as a charter has them. */
export const trustees = ['clerk', 'auditor', 'notary'].map((name) => {
  const { secrets, keys } = newTrustee();
  return { name, organisation: `${name}s`, keys, secrets };
});

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
  allocation: { rule: 'greedy' },
  protocol: {
    batchSize: 3,
    minima: { roll: 10, counted: 2 },
    threshold: 2,
    trustees: trustees.map(({ name, organisation, keys }) => ({ name, organisation, ...keys })),
  },
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
  allocation: null,
};
export const bonusPlan: PollPlan = {
  ...criteriaPlan,
  kind: 'bonus',
  ballot: { type: 'bonus', minChoices: 0, maxChoices: 2 },
};

/** Course of a poll that goes well. */
export const course: readonly Phase<'poll'>[] = [
  'new',
  'prepared',
  'roll-frozen',
  'key-made',
  'open',
  'closing',
  'closed',
  'key-release',
  'tallied',
  'published',
  'decided',
];

/** An issuer with all that it keeps to itself; the same key in every poll of a fixture. */
export interface TestIssuer {
  readonly key: IssuerKey;
  readonly logKey: ReturnType<typeof newSigningKey>;
  /** Of the lot. */
  readonly seed: Uint8Array;
  /** What its `roll.bin` holds. */
  readonly rollValues: readonly Uint8Array[];
  /** What it answers to `freezeRoll`. */
  readonly roll: IssuerRoll;
}

/** The municipality and the auditor, with rolls of so many. */
export async function testIssuers(residents = 24): Promise<readonly [TestIssuer, TestIssuer]> {
  const issuer = async (name: IssuerRoll['name'], organisation: string): Promise<TestIssuer> => {
    const [key, logKey, seed] = [await newIssuerKey(), newSigningKey(), randomBytes(32)];
    const rollValues = Array.from({ length: residents }, (_, number) =>
      rollCommitment(newRollSalt(), `resident-${number}`),
    );
    const roll = {
      name,
      organisation,
      modulus: key.modulus,
      roll: residents,
      excluded: 0,
      rollHash: hex(rollHash(writeRoll(rollValues))),
      logKey: hex(logKey.publicKey),
    };
    return { key, logKey, seed, rollValues, roll };
  };
  // The auditor runs the witness, whose organisation is called so.
  return Promise.all([issuer('municipality', 'Lintula'), issuer('auditor', 'witness-organisation')]);
}

/** The service on a database of its own. Steps of polls are recorded as the worker would record them. */
export async function ballotsFixture(mongodbUrl: string) {
  const url = mongodbUrl.replace(/\/?(\?|$)/, `/ballots_${randomUUID().slice(0, 8)}$1`);
  const connection = await connectMongo(url, { appName: 'ballots-test' });
  const issuers = await testIssuers();
  const boardKey = newSigningKey();
  const witnessKey = newSigningKey();
  const witness = await startTestWitness({
    secretKey: witnessKey.secretKey,
    keyOf: () => boardKey.publicKey,
  });
  const bindings = new Map<string, BindingManifest>();
  const bindingOf = (pollId: string) => bindings.get(pollId)!;
  const clientOf = (issuer: TestIssuer) =>
    issuerClientOf(issuer, bindingOf, { name: witness.name, secretKey: witnessKey.secretKey });
  const clock = { now: new Date('2026-11-24T00:00:00Z') };
  const temporal = testTemporal();
  const log = createLog('ballots', process.env['TEST_LOG'] ?? 'silent');
  const outbox = outboxFor(connection, { source: '/services/ballots' });
  const ballots = ballotsOf({
    connection,
    outbox,
    temporal: temporal.client,
    log,
    board: { key: boardKey.secretKey, origin: 'ballots.test', witnesses: [witness] },
    issuers: [clientOf(issuers[0]), clientOf(issuers[1])],
    now: () => clock.now,
  });
  await prepareModels(connection);
  await outbox.prepare();
  const tokens = await testTokens();
  const shell = { auth: tokens.auth, log, publicUrl: 'http://ballots.test' };
  const app = await testApp(createBallotsApp({ ballots, ...shell }), ballotsApi);
  const anyone = app.client();
  // A token for each call: they do not last as long as tests on a busy machine.
  const service = (name: 'worker' | 'projects') =>
    createClient(ballotsApi, { baseUrl: app.url, token: () => tokens.serviceToken(name, 'ballots') });
  const [worker, projects] = [service('worker'), service('projects')];
  /** With their shares, once the key of the poll is made. */
  const secrets = new Map<string, readonly TrusteeSecrets[]>();
  /** What the workflow of each poll was started with. */
  const questions = new Map<string, string>();

  /** Records the steps that bring a poll from one phase to another. */
  async function advance(pollId: string, to: Phase<'poll'>, from: Phase<'poll'> = 'new') {
    const first = course.indexOf(from) + 1;
    for (const [index, phase] of course.slice(first, course.indexOf(to) + 1).entries()) {
      const number = first + index;
      await ballots.record.handlers.recordStep(stepTo(pollId, phase, course[number - 1]!, number));
    }
  }

  /** Records the next step, from one phase to another. */
  async function step(
    pollId: string,
    to: Phase<'poll'>,
    from: Phase<'poll'>,
    command: Command | null = null,
  ) {
    const { step: last } = (await ballots.record.stateOf('poll', pollId))!;
    await ballots.record.handlers.recordStep(stepTo(pollId, to, from, last + 1, command));
  }

  /** What the worker says of the manifest of a poll: what was asked for, and what both issuers sealed for the lot. */
  async function wantedManifest(pollId: string, windows: PollWindows | null = null) {
    const { key } = await ballots.keys.find(pollId);
    const seal = ({ seed }: TestIssuer) =>
      sealLotSeed(Buffer.from(key?.commitments[0] ?? anyPoint, 'hex'), seed);
    return {
      windows,
      lot: [await seal(issuers[0]), await seal(issuers[1])] as [SealedSeed, SealedSeed],
      questionSha256: questions.get(pollId)!,
    };
  }

  /** All that trustees do before a poll has its key. */
  async function makeKey(pollId: string): Promise<void> {
    const params = { municipalityId: 'lintula', pollId };
    const binding = readCeremony((await anyone.getKeyCeremony({ params })).ceremony);
    const at = (place: number) => ({ ...params, index: place + 1 });
    const started = trustees.map((one) => startRound1(binding, one.secrets));
    const round1 = started.map((one) => one.round1);
    for (const [place, body] of round1.entries()) await anyone.giveRound1({ params: at(place), body });
    const round2 = await Promise.all(started.map((own) => startRound2(binding, own.secrets, round1)));
    for (const [place, body] of round2.entries()) await anyone.giveRound2({ params: at(place), body });
    const finished = await Promise.all(
      started.map((own) => finishCeremony(binding, own.secrets, round1, round2)),
    );
    for (const [place, { confirmation: body }] of finished.entries())
      await anyone.confirmKey({ params: at(place), body });
    secrets.set(
      pollId,
      finished.map((one) => one.secrets),
    );
  }

  return {
    connection,
    ballots,
    issuers,
    witness,
    boardKey,
    clock,
    /** The decisions that reached the workflow. */
    decided: temporal.decided,
    url: app.url,
    anyone,
    worker,
    projects,
    advance,
    step,
    makeKey,
    wantedManifest,
    as: async (id: string, municipalityId: string, ...roles: Role[]) =>
      app.client(await tokens.personToken({ id, grants: { [municipalityId]: roles } })),
    /** What the trustees keep after `makeKey`, their shares among it. */
    secretsOf: (pollId: string) => secrets.get(pollId)!,
    /** The manifest and its hash, once it is published. */
    binding: bindingOf,

    /** Brings a new poll to a phase; from `key-made` on with rolls, key, manifest and board. */
    async prepare(
      pollId: string,
      wanted: PollPlan,
      phase: Phase<'poll'> = 'new',
      windows: PollWindows | null = null,
    ): Promise<void> {
      const params = { pollId };
      await worker.preparePoll({ params, body: wanted });
      const { state } = await worker.getLifecycle({ params: { kind: 'poll', lifecycleId: pollId } });
      questions.set(pollId, state.facts['questionSha256'] as string);
      const isSealed = course.indexOf(phase) >= course.indexOf('key-made');
      await advance(pollId, isSealed ? 'roll-frozen' : phase);
      if (course.indexOf(phase) < course.indexOf('roll-frozen')) return;
      await worker.recordRolls({ params, body: { issuers: issuers.map(({ roll }) => roll) } });
      if (!isSealed) return;
      await makeKey(pollId);
      const body = await wantedManifest(pollId, windows);
      const { manifest } = await worker.publishManifest({ params, body });
      bindings.set(pollId, readManifest(Buffer.from(manifest)));
      await advance(pollId, phase, 'roll-frozen');
    },

    /** A resident whose device was certified by both issuers. */
    voter: (pollId: string): Promise<Voter> =>
      certifiedVoter({ binding: bindingOf(pollId), issuers: [issuers[0].key, issuers[1].key] }),

    /** A leaf of a fresh voter, or of this one. */
    async leaf(pollId: string, ballot: Ballot, by?: Voter, sequence = 1): Promise<Uint8Array<ArrayBuffer>> {
      const poll = { binding: bindingOf(pollId), issuers: [issuers[0].key, issuers[1].key] as const };
      return castBallot(poll, by ?? (await certifiedVoter(poll)), ballot, sequence);
    },
    cast: (pollId: string, body: Uint8Array<ArrayBuffer>) => anyone.castBallot({ params: { pollId }, body }),

    async stop() {
      await app.close();
      await witness.close();
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
export type BallotsFixture = Awaited<ReturnType<typeof ballotsFixture>>;

/** An engine whose every workflow agrees to every decision. */
function testTemporal() {
  const decided: Command[] = [];
  const handle = {
    async executeUpdate(_name: string, { args: [command] }: { args: [Command] }) {
      decided.push(command);
      return { lifecycleId: 'pol-1', phase: 'open', step: 1, awaiting: null, dueAt: null };
    },
  };
  const client = {
    workflow: { getHandle: () => handle },
    withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
  };
  return { decided, client: client as unknown as Client };
}

function stepTo(pollId: string, phase: string, from: string, number: number, command: Command | null = null) {
  const ids = { id: pollId, municipalityId: 'lintula', pilotId: 'pil-1' };
  const step = {
    number,
    name: phase,
    cause: 'phase',
    from,
    phase,
    command,
    waitEffect: null,
    data: {},
    at: '2026-11-24T00:00:00.000Z',
  };
  const state = { ...initialState('poll', ids), phase, step: number };
  return { params: { kind: 'poll', lifecycleId: pollId }, body: { step, state } } as never;
}
