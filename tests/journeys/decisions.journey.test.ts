import { charterOf, lintulaPlan, officialsSignIn, signIn, trusteesMakeKeys } from '@talkoot/cli';
import { ApiProblem, createClient } from '@talkoot/api-contracts';
import type { Client } from '@talkoot/api-contracts';
import { projectsApi } from '@talkoot/api-contracts/projects';
import { STATE_QUERY, TRY_AGAIN, workflowIdOf } from '@talkoot/workflow-contracts';
import { Client as Engine, Connection } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { operatedStack } from './operated-stack.ts';
import type { OperatedStack } from './operated-stack.ts';

/** A client that repeats nothing by itself: repeating is what is tested. */
type Projects = Client<typeof projectsApi>;

let operated: OperatedStack;
let sponsor: Projects;
let authority: Projects;
let engine: Engine;
const municipality = 'lintula';

beforeAll(async () => {
  operated = await operatedStack();
  await officialsSignIn({ plan: lintulaPlan(), stack: operated.stack }, { count: () => {}, say: () => {} });
  sponsor = await clientOf('sponsor');
  authority = await clientOf('budget-authority');
  const connection = await Connection.connect({ address: operated.stack.urls.temporalAddress });
  engine = new Engine({ connection });
}, 300_000);
afterAll(async () => {
  await engine.connection.close();
  await operated.stop();
});

/** The client of an official who signs in as a browser does. */
async function clientOf(key: 'sponsor' | 'budget-authority'): Promise<Projects> {
  const { urls, environment } = operated.stack;
  const session = await signIn(urls.identity, `${key}.${municipality}`, environment['DEV_PASSWORD']!);
  const token = () => Promise.resolve(session.token);
  return createClient(projectsApi, { baseUrl: urls.projects, token, deadlineMs: 20_000 });
}

/** Repeats what may have an unknown outcome, as any client does while the system is slow. */
async function settled<T>(decide: () => Promise<T>): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await decide();
    } catch (error) {
      const unknown = error instanceof ApiProblem && error.code === 'outcome-unknown';
      if (!unknown || attempts === 10) throw error;
    }
  }
}

interface Pilot {
  readonly params: { municipalityId: string; pilotId: string };
  readonly body: { charterSha256: string };
}

async function drafted(): Promise<Pilot> {
  const plan = lintulaPlan();
  const charter = charterOf({ plan, trustees: trusteesMakeKeys(plan.charter.poll.trustees) });
  const draft = await sponsor.draftPilot({
    params: { municipalityId: municipality },
    body: { name: plan.pilotName, charter },
    idempotencyKey: randomUUID(),
  });
  const params = { municipalityId: municipality, pilotId: draft.pilotId };
  await vi.waitFor(async () => expect((await sponsor.getPilot({ params })).phase).toBe('drafted'), 30_000);
  return { params, body: { charterSha256: draft.charterSha256 } };
}

async function requested(): Promise<Pilot> {
  const pilot = await drafted();
  const commitment = { ...pilot, idempotencyKey: randomUUID() };
  await settled(() => sponsor.sponsorPilot(commitment));
  const request = { ...pilot, idempotencyKey: randomUUID() };
  await settled(() => sponsor.requestPermission(request));
  return pilot;
}

const permission = ({ params, body }: Pilot) => ({
  params,
  body: {
    ...body,
    grant: { amount: { amount: 10_000_000, currency: 'EUR' } },
    expiresAt: '2036-12-31T22:00:00.000Z',
    fiscalYear: 2026,
  },
});

/** Names of the steps that people's decisions made, in order. */
async function decisionsOn({ params }: Pilot): Promise<string[]> {
  const steps = await operated.collection('projects', 'lifecyclesteps');
  const taken = steps.find({ lifecycleId: params.pilotId, cause: 'decision' }).sort({ number: 1 });
  return (await taken.toArray()).map(({ name }) => name as string);
}

const runOf = async ({ params }: Pilot) =>
  (await engine.workflow.getHandle(workflowIdOf('pilot', params.pilotId)).describe()).runId;

/** More messages than one history holds: the workflow goes on in a new one, from its state alone. */
async function continuesAsNew(pilot: Pilot): Promise<void> {
  const before = await runOf(pilot);
  const handle = engine.workflow.getHandle(workflowIdOf('pilot', pilot.params.pilotId));
  for (let lot = 1; (await runOf(pilot)) === before; lot += 1) {
    expect(lot).toBeLessThan(40);
    await pMap(Array.from({ length: 250 }), () => handle.signal(TRY_AGAIN), { concurrency: 32 });
    // Answered once the worker has taken the lot in.
    await handle.query(STATE_QUERY);
  }
}

describe('a decision repeated with its key', () => {
  it('is answered the same after the workflow continued as new, and has no second effect', async () => {
    const pilot = await drafted();
    const keyed = { ...pilot, idempotencyKey: randomUUID() };
    const answer = await settled(() => sponsor.sponsorPilot(keyed));
    expect(answer).toMatchObject({ phase: 'sponsored' });
    await continuesAsNew(pilot);
    expect(await sponsor.sponsorPilot(keyed)).toEqual(answer);
    // Also when the lifecycle has moved on.
    const request = { ...pilot, idempotencyKey: randomUUID() };
    await settled(() => sponsor.requestPermission(request));
    expect(await sponsor.sponsorPilot(keyed)).toEqual(answer);
    expect(await decisionsOn(pilot)).toEqual(['sponsor', 'request-permission']);
  });

  it('is refused with another body, which changes nothing', async () => {
    const pilot = await requested();
    const keyed = { ...permission(pilot), idempotencyKey: randomUUID() };
    await settled(() => authority.permitPilot(keyed));
    const other = { ...keyed, body: { ...keyed.body, fiscalYear: 2027 } };
    await expect(authority.permitPilot(other)).rejects.toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    });
    const { permission: granted } = await sponsor.getPilot({ params: pilot.params });
    expect(granted).toMatchObject({ fiscalYear: 2026 });
  });

  it('has one effect and one answer when it is repeated at the same time', async () => {
    const pilot = await requested();
    const keyed = { ...permission(pilot), idempotencyKey: randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => settled(() => authority.permitPilot(keyed))),
    );
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await decisionsOn(pilot)).toEqual(['sponsor', 'request-permission', 'permit']);
  });
});

describe('decisions that exclude each other', () => {
  it('come to one winner when they meet, and the others are refused', async () => {
    const pilot = await requested();
    const attempts = Array.from({ length: 8 }, (_, at) => {
      const idempotencyKey = randomUUID();
      const refusal = { params: pilot.params, body: { reason: 'Too dear.' }, idempotencyKey };
      return at % 2 === 0
        ? settled(() => authority.permitPilot({ ...permission(pilot), idempotencyKey }))
        : settled(() => authority.refusePilot(refusal));
    });
    const outcomes = await Promise.allSettled(attempts);
    const lost = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as ApiProblem] : []));
    expect(outcomes.length - lost.length).toBe(1);
    expect(new Set(lost.map(({ status }) => status))).toEqual(new Set([409]));
    expect(await decisionsOn(pilot)).toHaveLength(3);
  });
});

describe('a decision without a worker', () => {
  it('is answered outcome-unknown after five seconds, and settled once by its key when a worker is back', async () => {
    const pilot = await drafted();
    const keyed = { ...pilot, idempotencyKey: randomUUID() };
    process.kill(operated.stack.pid('worker')!, 'SIGSTOP');
    const begun = performance.now();
    const unknown: unknown = await sponsor.sponsorPilot(keyed).catch((error: unknown) => error);
    const seconds = (performance.now() - begun) / 1_000;
    await operated.stack.kill('worker', 'SIGKILL');
    expect(unknown).toMatchObject({ status: 503, code: 'outcome-unknown' });
    expect(seconds).toBeGreaterThan(4.9);
    expect(seconds).toBeLessThan(12);
    await operated.stack.waitReady('worker', 60_000);
    const answer = await settled(() => sponsor.sponsorPilot(keyed));
    expect(answer).toMatchObject({ phase: 'sponsored' });
    expect(await sponsor.sponsorPilot(keyed)).toEqual(answer);
    expect(await decisionsOn(pilot)).toEqual(['sponsor']);
  });
});
