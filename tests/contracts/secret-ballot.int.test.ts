import { createClient } from '@talkoot/api-contracts';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import type { Session } from '@talkoot/api-contracts/identity';
import { localIdentityApi } from '@talkoot/api-contracts/identity/local';
import { connectMongo, createServiceToken } from '@talkoot/http-service';
import { personNumber, startStack } from '@talkoot/local-stack';
import type { StackHandle } from '@talkoot/local-stack';
import { initialState, phases } from '@talkoot/workflow-contracts';
import { randomBytes } from 'node:crypto';
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
  stack = await startStack({ data, processes: ['identity', 'ballots'] });
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
const ballots = () => createClient(ballotsApi, { baseUrl: stack.urls.ballots });

/** Calls a service as the worker does. */
function asWorker() {
  const keyFile = join(data, 'secrets', 'private', 'worker.jwk.json');
  const token = (audience: string) => createServiceToken({ keyFile, name: 'worker', audience });
  return {
    identity: createClient(localIdentityApi, { baseUrl: stack.urls.identity, token: token('identity') }),
    ballots: createClient(ballotsApi, { baseUrl: stack.urls.ballots, token: token('ballots') }),
  };
}

/** Signs in as a browser does: redirects, the form of the identity provider, cookies. */
async function signIn(username: string): Promise<Session> {
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
  const page = await open(`${stack.urls.identity}/v1/sign-in`);
  const action = /action="([^"]+)"/.exec(await page.text())![1]!;
  const password = stack.environment['DEV_PASSWORD']!;
  const answer = await open(
    new URL(action, stack.urls.identityProvider).href,
    new URLSearchParams({ username, password }),
  );
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

describe('a poll held by identity and ballots', () => {
  const certificates: string[] = [];
  const receipts: string[] = [];

  it('lets residents sign in, get one certificate each, and cast it without signing in', async () => {
    const municipalities = [{ municipalityId: 'lintula', name: 'Lintula' }];
    const people = names.map((name) => ({
      nationalId: personNumber(name),
      municipalityId: 'lintula',
      resident: { birthDate: '1990-01-01', district: 'Centre' },
    }));
    const secret = stack.environment['LOCAL_GRANT_SECRET']!;
    const { personIds } = await identity().createLocalPeople({ body: { secret, municipalities, people } });
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
    const rule = { minimumAge: 16, districts: [], excluded: [personIds[0]!], asOf: new Date().toISOString() };
    const { roll } = await worker.identity.freezeRoll({
      params: { pollId },
      body: { municipalityId: 'lintula', ...rule },
    });
    expect(roll).toBe(names.length - 1);
    await worker.ballots.recordRoll({ params: { pollId }, body: { roll } });
    await advance('prepared', 'open');
    for (const [index, name] of names.entries()) {
      const session = await signIn(name);
      expect(session.personId).toBe(personIds[index]);
      const issue = identity(session.token).issueCertificate({
        params: poll,
        body: { retrySecret: randomBytes(32).toString('hex') },
      });
      if (index === 0) {
        await expect(issue).rejects.toMatchObject({ code: 'not-on-roll' });
        continue;
      }
      const { certificate } = await issue;
      certificates.push(certificate.serial);
      const choices = index % 3 === 0 ? ['prj-racks'] : ['prj-school'];
      receipts.push(
        (await ballots().castBallot({ params: { pollId }, body: { certificate, choices } })).receipt,
      );
    }
  });

  it('is counted and published, and every receipt is in', async () => {
    await advance('open', 'closed');
    const { pollId } = poll;
    const result = await asWorker().ballots.tallyPoll({ params: { pollId } });
    expect(result).toMatchObject({ roll: 11, ballots: 11, allocation: { selected: ['prj-school'] } });
    await advance('closed', 'published');
    expect(await ballots().getPollResult({ params: poll })).toEqual(result);
    expect((await identity().getIssuance({ params: poll })).issued).toBe(11);
    for (const receipt of receipts) {
      const state = await ballots().checkReceipt({ params: { pollId, receipt } });
      expect(state).toEqual({ receipt, state: 'counted' });
    }
  });

  it('leaves nothing that both databases know but the poll and the municipality', async () => {
    const [there, here] = await Promise.all([valuesIn('identity'), valuesIn('ballots')]);
    const shared = [...there].filter((value) => here.has(value));
    expect(new Set(shared)).toEqual(new Set(['lintula', 'pol-secret']));
    expect(certificates.filter((serial) => there.has(serial))).toEqual([]);
    expect([...here].filter((value) => value.startsWith('per-'))).toEqual([]);
  });

  it('leaves no national id, serial, receipt or voter in any log, and no line for casting', async () => {
    const folder = join(data, 'logs');
    const logs = await Promise.all(
      (await readdir(folder))
        .filter((name) => /^(identity|ballots)\b/.test(name))
        .map((name) => readFile(join(folder, name), 'utf8')),
    );
    const text = logs.join('\n');
    expect(text).toContain('/v1/m/{municipalityId}/polls/{pollId}/certificate');
    expect(text).not.toContain('/v1/polls/{pollId}/ballots');
    for (const secret of [...certificates, ...receipts, ...names.map(personNumber)]) {
      expect(text.includes(secret)).toBe(false);
    }
    expect(text).not.toMatch(/per-[a-z2-7]{20}/);
  });
});
