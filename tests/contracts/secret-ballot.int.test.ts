import { createClient } from '@talkoot/api-contracts';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import type { Session } from '@talkoot/api-contracts/identity';
import { localAuditorApi, localIdentityApi } from '@talkoot/api-contracts/identity/local';
import { connectMongo, createServiceToken } from '@talkoot/http-service';
import { personNumber, startStack } from '@talkoot/local-stack';
import type { StackHandle } from '@talkoot/local-stack';
import { initialState, phases } from '@talkoot/workflow-contracts';
import { bindingIn, certifiedDevice } from '@talkoot/cli';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let stack: StackHandle;
let data: string;
const poll = { municipalityId: 'lintula', pollId: 'pol-secret' };
const names = Array.from({ length: 12 }, (_, index) => `voter-${index}`);

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'talkoot-secret-'));
  stack = await startStack({ data, processes: ['identity', 'auditor', 'ballots'] });
});
afterAll(async () => {
  await stack?.stop();
  await rm(data, { recursive: true, force: true });
});

const identity = (token?: string) =>
  createClient(localIdentityApi, {
    baseUrl: stack.urls.identity,
    ...(token ? { token: async () => token } : {}),
  });
const auditor = (token?: string) =>
  createClient(localAuditorApi, {
    baseUrl: stack.urls.auditor,
    ...(token ? { token: async () => token } : {}),
  });
const ballots = () => createClient(ballotsApi, { baseUrl: stack.urls.ballots });

/** Calls a service as the worker does. */
function asWorker() {
  const keyFile = join(data, 'secrets', 'private', 'worker.jwk.json');
  const token = (audience: string) => createServiceToken({ keyFile, name: 'worker', audience });
  return {
    identity: createClient(localIdentityApi, { baseUrl: stack.urls.identity, token: token('identity') }),
    auditor: createClient(localAuditorApi, { baseUrl: stack.urls.auditor, token: token('auditor') }),
    ballots: createClient(ballotsApi, { baseUrl: stack.urls.ballots, token: token('ballots') }),
  };
}

type Issuer = 'identity' | 'auditor';

function placesOf(issuer: Issuer) {
  const { urls, environment } = stack;
  return issuer === 'auditor'
    ? {
        address: urls.auditor,
        provider: urls.auditorIdentityProvider,
        password: environment['AUDITOR_DEV_PASSWORD']!,
      }
    : { address: urls.identity, provider: urls.identityProvider, password: environment['DEV_PASSWORD']! };
}

/** Signs in as a browser does: redirects, the form of the identity provider, cookies. */
async function signIn(issuer: Issuer, username: string): Promise<Session> {
  const cookies = new Map<string, string>();
  const open = async (address: string, form?: URLSearchParams): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = form ? { method: 'POST', body: form } : {};
    const response = await fetch(address, { redirect: 'manual', headers: { cookie }, ...body });
    for (const one of response.headers.getSetCookie()) {
      const [name = '', value = ''] = one.split(';', 1)[0]!.split(/=(.*)/s);
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    return location ? open(new URL(location, address).href) : response;
  };
  const { address, provider, password } = placesOf(issuer);
  const page = await open(`${address}/v1/sign-in`);
  const action = /action="([^"]+)"/.exec(await page.text())![1]!;
  const answer = await open(new URL(action, provider).href, new URLSearchParams({ username, password }));
  expect(answer.status).toBe(200);
  return (await answer.json()) as Session;
}

/** Records the steps that the worker would record. */
async function advance(from: string, to: string): Promise<void> {
  const course: readonly string[] = phases.poll;
  for (let number = course.indexOf(from) + 1; number <= course.indexOf(to); number += 1) {
    const [before, phase] = [course[number - 1]!, course[number]!];
    const ids = { id: poll.pollId, municipalityId: 'lintula', pilotId: 'pil-1', roundId: 'rnd-1' };
    const nothing = { command: null, waitEffect: null, data: {} };
    const at = '2026-11-24T00:00:00.000Z';
    await asWorker().ballots.recordStep({
      params: { kind: 'poll', lifecycleId: poll.pollId },
      body: {
        step: { number, name: phase, cause: 'phase', from: before, phase, at, ...nothing },
        state: { ...initialState('poll', ids), phase, step: number } as never,
      },
    });
  }
}

/** Every value in a database, except what both services may know: which poll, which municipality. */
async function valuesIn(database: string): Promise<Set<string>> {
  const environment = stack.environment[`${database.toUpperCase()}_MONGODB_URL`]!;
  const connection = await connectMongo(environment, { appName: 'secret-ballot-test' });
  const values = new Set<string>();
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(collect);
    if (value instanceof Date) return void values.add(value.toISOString());
    if (value !== null && typeof value === 'object' && !('_bsontype' in value))
      return Object.values(value).forEach(collect);
    // Numbers, truth values and nothing are shared by everybody.
    if (typeof value === 'string') values.add(value);
    else if (value !== null && typeof value === 'object') values.add(JSON.stringify(value));
  };
  for (const collection of await connection.db!.collections()) {
    for await (const row of collection.find()) collect(row);
  }
  await connection.close();
  return values;
}

describe('a poll held by two issuers and ballots', () => {
  /** What devices kept to themselves or sent to ballots alone. */
  const ofDevices: string[] = [];
  const receipts: string[] = [];
  const people: Record<Issuer, string[]> = { identity: [], auditor: [] };

  it('lets residents sign in to both, get a certificate of each, and cast them without signing in', async () => {
    const municipalities = [{ municipalityId: 'lintula', name: 'Lintula' }];
    const residents = names.map((name, index) => ({
      nationalId: personNumber(name),
      municipalityId: 'lintula',
      resident: { birthDate: '1990-01-01', district: 'Centre', reference: `ref-${index}` },
    }));
    const secretOf = (name: string) => ({
      secret: stack.environment[name]!,
      municipalities,
      people: residents,
    });
    people.identity = (
      await identity().createLocalPeople({ body: secretOf('LOCAL_GRANT_SECRET') })
    ).personIds;
    people.auditor = (
      await auditor().createLocalPeople({ body: secretOf('AUDITOR_LOCAL_GRANT_SECRET') })
    ).personIds;
    const worker = asWorker();
    const euros = (amount: number) => ({ amount, currency: 'EUR' });
    const { pollId } = poll;
    await worker.ballots.preparePoll({
      params: { pollId },
      body: {
        kind: 'prioritisation',
        municipalityId: 'lintula',
        pilotId: 'pil-1',
        roundId: 'rnd-1',
        projectId: null,
        reportTo: { kind: 'round', id: 'rnd-1' },
        options: ['prj-racks', 'prj-school'].map((optionId) => ({ optionId, cost: euros(1000) })),
        budget: euros(1500),
        ballot: { type: 'approval', minChoices: 0, maxChoices: 2 },
      },
    });
    await advance('new', 'prepared');
    const rule = {
      municipalityId: 'lintula',
      minimumAge: 16,
      districts: [],
      asOf: new Date().toISOString(),
    };
    const ours = await worker.identity.freezeRoll({
      params: { pollId },
      body: { ...rule, excluded: [people.identity[0]!] },
    });
    const { excludedReferences } = ours;
    expect(excludedReferences).toEqual(['ref-0']);
    const theirs = await worker.auditor.freezeRoll({
      params: { pollId },
      body: { ...rule, excludedReferences },
    });
    expect([ours.roll, theirs.roll]).toEqual([names.length - 1, names.length - 1]);
    const issuers = [ours, theirs].map(({ name, modulus, roll, excluded, rollHash }) => ({
      name,
      modulus,
      roll,
      excluded,
      rollHash,
    }));
    await worker.ballots.recordRolls({ params: { pollId }, body: { issuers } });
    await advance('prepared', 'open');
    const binding = bindingIn(await ballots().getManifest({ params: poll }));
    for (const [index, name] of names.entries()) {
      const sessions = { identity: await signIn('identity', name), auditor: await signIn('auditor', name) };
      expect(sessions.identity.personId).toBe(people.identity[index]);
      expect(sessions.auditor.personId).toBe(people.auditor[index]);
      const clients = [identity(sessions.identity.token), auditor(sessions.auditor.token)] as const;
      const certified = certifiedDevice(binding, async (issuer, blinded) => {
        const answer = await clients[issuer].issueCertificate({ params: poll, body: { blinded } });
        return answer.blindSignature;
      });
      if (index === 0) {
        await expect(certified).rejects.toMatchObject({ code: 'not-on-roll' });
        continue;
      }
      const device = await certified;
      // Every fourth votes twice: what was first is replaced.
      for (const sequence of index % 4 === 0 ? [1, 2] : [2]) {
        const choices = index % 3 === 0 && sequence === 2 ? ['prj-racks'] : ['prj-school'];
        const body = device.ballotOf({ choices }, sequence);
        ofDevices.push(body.publicKey, body.signature, ...body.certificates);
        receipts.push((await ballots().castBallot({ params: { pollId }, body })).receipt);
      }
    }
  });

  it('lets no token of one issuer open the other, and no certificate of one alone open the poll', async () => {
    const [ours, theirs] = [await signIn('identity', names[1]!), await signIn('auditor', names[1]!)];
    const refusals = [
      auditor(ours.token).getMe({}),
      identity(theirs.token).getMe({}),
      auditor(ours.token).getCertificateState({ params: poll }),
    ];
    await Promise.all(refusals.map((one) => expect(one).rejects.toMatchObject({ code: 'unauthenticated' })));
    const [publicKey, signature, certificate] = ofDevices as [string, string, string];
    const certificates = [certificate, certificate];
    const body = { publicKey, certificates, sequence: 9, signature, choices: ['prj-racks'] };
    const half = ballots().castBallot({ params: { pollId: poll.pollId }, body });
    await expect(half).rejects.toMatchObject({ code: 'second-certificate-invalid' });
  });

  it('is counted and published, and every receipt is in', async () => {
    await advance('open', 'closed');
    const { pollId } = poll;
    const result = await asWorker().ballots.tallyPoll({ params: { pollId } });
    expect(result).toMatchObject({ roll: 11, ballots: 11, allocation: { selected: ['prj-school'] } });
    await advance('closed', 'published');
    expect(await ballots().getPollResult({ params: poll })).toEqual(result);
    expect((await identity().getIssuance({ params: poll })).issued).toBe(11);
    expect((await auditor().getIssuance({ params: poll })).issued).toBe(11);
    const states = await Promise.all(
      receipts.map(async (receipt) => (await ballots().checkReceipt({ params: { pollId, receipt } })).state),
    );
    expect(states.filter((state) => state === 'counted')).toHaveLength(11);
    expect(states.filter((state) => state === 'replaced')).toHaveLength(receipts.length - 11);
  });

  it('leaves nothing that the databases of an issuer and of ballots know but what is published', async () => {
    const here = await valuesIn('ballots');
    for (const [database, issuer] of [
      ['identity', identity],
      ['auditor', auditor],
    ] as const) {
      const there = await valuesIn(database);
      const { modulus, rollHash } = await issuer().getIssuance({ params: poll });
      const shared = [...there].filter((value) => here.has(value));
      expect(new Set(shared)).toEqual(new Set(['lintula', 'pol-secret', modulus, rollHash]));
      expect(ofDevices.filter((value) => there.has(value))).toEqual([]);
    }
    expect([...here].filter((value) => value.startsWith('per-'))).toEqual([]);
    expect(ofDevices.filter((value) => !here.has(value))).toEqual([]);
  });

  it('leaves the issuers nothing in common but the register and the poll', async () => {
    const [ours, theirs] = [await valuesIn('identity'), await valuesIn('auditor')];
    const shared = [...ours].filter((value) => theirs.has(value) && !value.startsWith('ref-'));
    const register = ['', '1990-01-01', 'Centre', 'Europe/Helsinki', 'Lintula', 'lintula'];
    const others = shared.filter((value) => !register.includes(value) && !value.startsWith('lintula/'));
    expect(others.toSorted()).toEqual(['pol-secret', 'pol-secret/0']);
    expect(people.identity.filter((id) => people.auditor.includes(id))).toEqual([]);
  });

  it('leaves no national id, key, certificate, receipt or voter in any log, and no line for casting', async () => {
    const folder = join(data, 'logs');
    const logs = await Promise.all(
      (await readdir(folder))
        .filter((name) => /^(identity|auditor|ballots)\b/.test(name))
        .map((name) => readFile(join(folder, name), 'utf8')),
    );
    const text = logs.join('\n');
    expect(text).toContain('/v1/m/{municipalityId}/polls/{pollId}/certificate');
    expect(text).not.toContain('/v1/polls/{pollId}/ballots');
    for (const secret of [...ofDevices, ...receipts, ...names.map(personNumber)]) {
      expect(text.includes(secret)).toBe(false);
    }
    expect(text).not.toMatch(/per-[a-z2-7]{20}/);
  });
});
