import type { LifecycleState, RecordedStep } from '@talkoot/workflow-contracts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { follow, reason } from '../../test/courses.ts';
import { hash, startEngine } from '../../test/engine.ts';
import type { Engine, Running } from '../../test/engine.ts';
import { historiesOf } from '../../test/histories.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterEach(() => engine.replayAll());
afterAll(() => engine.stop());

const complete = (run: Running<'measurement'>, collection: string) =>
  run.report('collection-complete', { collection }, `complete ${collection}`);
/** Where the measurement stands when the named collection is awaited, in a run of its own. */
async function awaited(run: Running<'measurement'>, name: string): Promise<LifecycleState> {
  for (let beyond = 0; ;) {
    const { state, step } = await run.reached('collection-opened', beyond);
    if (state.facts['current'] === name) return state;
    beyond = step.number;
  }
}
const runsOf = async ({ handle }: Running<'measurement'>) =>
  historiesOf(engine.environment.client, handle.workflowId, handle.firstExecutionRunId);

/** What time did to one collection, from the public record. */
function deadlinesOf(run: Running<'measurement'>, name: string): (string | null)[] {
  const own = engine.town
    .of(run.id)
    .filter(({ state, step }) => step.cause === 'deadline' && awaitedIn(state, step) === name);
  return own.map(({ step }) => step.waitEffect);
}
/** The end of a wait names its collection; before that it is the one that is awaited. */
const awaitedIn = ({ facts }: LifecycleState, { data }: RecordedStep) =>
  data['collection'] ?? facts['current'];
const untilGivenUp = ['reminded', 'overdue', 'escalated', null];

test('runs over years, each collection reminded, overdue and given up in a history of its own', async () => {
  engine.town.collections = ['P1M', 'P1Y', 'P2Y', 'P4Y'].map((after, at) => ({ name: `in ${at}`, after }));
  const run = await engine.start('measurement');
  const started = await engine.environment.currentTimeMs();
  for (let years = 0; years < 5 && !run.steps.includes('closing-opened'); years += 1)
    await engine.skipDays(366);
  expect((await run.result()).phase).toBe('completed');
  const { state } = await run.reached('completed');
  expect(state.facts).toMatchObject({ missing: ['in 0', 'in 1', 'in 2', 'in 3'] });
  const lasted = (Date.parse((await run.reached('closing-opened')).step.at) - started) / (365 * 86_400_000);
  expect(lasted).toBeGreaterThan(3.99);
  for (const { name } of engine.town.collections) expect(deadlinesOf(run, name)).toEqual(untilGivenUp);
  const histories = await runsOf(run);
  expect(histories).toHaveLength(4);
  for (const { events } of histories) expect(events!.length).toBeLessThan(160);
});

test('takes in a fact once, also when it comes again to the next run', async () => {
  const run = await engine.start('measurement');
  await awaited(run, 'first');
  await complete(run, 'first');
  await awaited(run, 'second');
  await complete(run, 'first');
  await complete(run, 'second');
  const { facts } = await awaited(run, 'third');
  expect(facts).toMatchObject({ completed: ['first', 'second'] });
  expect(run.steps.filter((name) => name === 'collection-complete')).toHaveLength(2);
});

test('loses no fact that comes while it continues as new', async () => {
  const run = await engine.start('measurement');
  await awaited(run, 'first');
  // All at once: the first ends the run, the others come around its end.
  await Promise.all([complete(run, 'first'), complete(run, 'second'), complete(run, 'third')]);
  const { state } = await run.reached('closing-opened');
  expect(state.facts['completed']).toHaveLength(3);
  expect(run.steps.filter((name) => name === 'collection-complete')).toHaveLength(3);
});

test('refuses a decision sent again with its id to a later run', async () => {
  const run = await engine.start('measurement');
  await awaited(run, 'first');
  const request = {
    decisionId: hash('extend'),
    bodyHash: hash('body'),
    name: 'request-change',
    actor: { id: 'per-sponsor', as: 'sponsor' },
    data: { change: 'suspend', reason },
  } as const;
  const first = await run.send(request);
  expect(await run.send(request)).toEqual(first);
  await complete(run, 'first');
  await awaited(run, 'second');
  await expect(run.send(request)).rejects.toMatchObject({ cause: { type: 'already-decided' } });
  expect(run.steps.filter((name) => name === 'request-change')).toHaveLength(1);
});

test('takes late data as long as it is open', async () => {
  const run = await engine.start('measurement');
  await awaited(run, 'first');
  await engine.skipDays(60);
  expect((await awaited(run, 'second')).facts['missing']).toEqual(['first']);
  await complete(run, 'first');
  await follow(run);
  const { step, state } = await run.reached('completed');
  expect(step.data['missing']).toEqual([]);
  expect(state.facts['completed']).toEqual(['first', 'second', 'third']);
});

test('is closed early by the assessor: what was not collected is missing', async () => {
  const run = await engine.start('measurement');
  await awaited(run, 'first');
  await run.decide('close-measurement', 'assessor', { reason });
  expect((await run.result()).phase).toBe('completed');
  expect((await run.reached('completed')).step.data['missing']).toEqual(['first', 'second', 'third']);
  expect(engine.town.calls).toContain(`completeMeasurement ${run.id}`);
});
