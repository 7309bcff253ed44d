import { initialState, lifecycles, pollIdOf, TASK_QUEUE } from '@talkoot/workflow-contracts';
import type { LifecycleKind, StateOf } from '@talkoot/workflow-contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { permission, reason } from '../../test/courses.ts';
import { startEngine } from '../../test/engine.ts';
import type { Engine, Running } from '../../test/engine.ts';
import { sha } from '../../test/town.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterEach(() => engine.replayAll());
afterAll(() => engine.stop());

test('of two decisions sent at once only one is claimed', async () => {
  const run = await engine.start('batch');
  await run.reached('approval-opened');
  const approve = (person: string) =>
    run.refusal('approve', 'payout-approver', { batchSha256: sha('batch') }, person);
  const answers = await Promise.all([approve('per-one'), approve('per-two')]);
  expect(answers.toSorted()).toEqual(['accepted as step 3', 'wrong-phase']);
  expect(run.steps.filter((name) => name === 'approve')).toHaveLength(1);
});

test('a fact that comes together with the start finds the first phase', async () => {
  const ids = { id: 'prj-early', municipalityId: 'lintula', pilotId: 'pil-1', projectId: 'prj-early' };
  await engine.environment.client.workflow.signalWithStart(lifecycles.project.workflowType, {
    workflowId: 'project/prj-early',
    taskQueue: TASK_QUEUE,
    args: [initialState('project', ids)],
    signal: 'ideas-closed',
    signalArgs: [{ factId: 'early', name: 'ideas-closed', data: {} }],
  });
  await engine.town.reached('prj-early', 'ideas-closed');
  expect(engine.town.steps('prj-early')).toEqual(['proposed', 'ideas-closed']);
});

test('a criteria vote is over before the project hears that it was prepared: nothing waits for it', async () => {
  const cost = { amount: 100_000, currency: 'EUR' };
  engine.town.meanwhile.set('preparePoll', async () => {
    engine.town.meanwhile.delete('preparePoll');
    const run = await starting;
    await run.report('poll-decided', { pollId: pollIdOf.criteria(run.id) });
    await run.reached('poll-decided');
  });
  const starting = engine.start('project', { phase: 'funded', facts: { cost } });
  const run = await starting;
  await run.reached('staffing-opened');
  expect(run.steps).toEqual(['poll-decided', 'criteria-poll-prepared', 'staffing', 'staffing-opened']);
});

describe('while a deadline is computed', () => {
  /** Starts a lifecycle to which something happens just before the charter is read to compute its first deadline. */
  function begin<K extends LifecycleKind>(
    kind: K,
    from: Partial<StateOf<K>>,
    happen: (run: Running<K>) => Promise<unknown>,
  ): Promise<Running<K>> {
    engine.town.meanwhile.set('getCharter', async () => {
      engine.town.meanwhile.delete('getCharter');
      await happen(await starting);
    });
    const starting = engine.start(kind, from);
    return starting;
  }

  test('the lifecycle moves on: the next wait is opened', async () => {
    const run = await begin('project', { phase: 'qualified', stage: 'review' }, (one) =>
      one.decide('refuse', 'department-manager', { reason }),
    );
    await run.reached('appeal-opened');
    expect(run.steps).toEqual(['refuse', 'appeal-opened']);
  });

  test('the next collection begins: it is not given the deadline of the one before', async () => {
    const startedAt = new Date(await engine.environment.currentTimeMs()).toISOString();
    const collections = [
      { name: 'first', after: 'P1M' },
      { name: 'second', after: 'P2Y' },
    ];
    const facts = { startedAt, collections, current: 'first' };
    const run = await begin(
      'measurement',
      { phase: 'collecting', stage: 'collection', facts },
      async (one) => {
        await one.report('collection-complete', { collection: 'first' });
        await one.reached('collection-complete');
      },
    );
    const { state } = await run.reached('collection-opened');
    const years = new Date(state.wait!.due).getUTCFullYear() - new Date(startedAt).getUTCFullYear();
    expect(years).toBeGreaterThanOrEqual(2);
  });

  test('the lifecycle leaves and comes back: the time of the new wait is its own', async () => {
    const run = await begin('project', { phase: 'qualified', stage: 'review' }, async (one) => {
      await one.decide('refuse', 'department-manager', { reason });
      await one.decide('appeal', 'champion', { reason });
      await one.decide('decide-appeal', 'appeal-body', { upheld: true, reason });
    });
    const { state } = await run.reached('review-opened');
    const [upheld] = engine.town.of(run.id).filter(({ step }) => step.name === 'decide-appeal');
    expect(state.wait!.since >= upheld!.step.at).toBe(true);
  });
});

describe('facts that come before their time', () => {
  test('a batch reconciled before its instruction is on record ends all the same', async () => {
    const facts = { batchSha256: sha('batch'), reconciled: true };
    const run = await engine.start('batch', { phase: 'instructed', stage: 'reconciliation', facts });
    expect((await run.result()).phase).toBe('reconciled');
  });

  test('a poll decided before the round noted it is allocated by its result', async () => {
    const facts = { budget: permission.limit, decided: true };
    const run = await engine.start('round', { phase: 'voting', stage: null, facts });
    expect((await run.result()).phase).toBe('allocated');
    expect(engine.town.calls).toContain(`recordAllocation ${run.id} prj-1=true:fits`);
  });
});
