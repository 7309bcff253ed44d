import { TRY_AGAIN } from '@talkoot/workflow-contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { follow, reason } from '../../test/courses.ts';
import { startEngine } from '../../test/engine.ts';
import type { Engine, Running } from '../../test/engine.ts';
import { euros, problem, sha } from '../../test/town.ts';
import { historiesOf } from '../../test/histories.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterEach(() => engine.replayAll());
afterAll(() => engine.stop());

const refused = () => problem(409, 'refused-for-good');
const down = () => problem(503, 'unavailable');
const tryAgain = (run: Pick<Running<'batch'>, 'handle'>) => run.handle.signal(TRY_AGAIN);
const dayOf = (at: string) => at.slice(0, 10);

/** Resolves once the details that an operator reads say so. */
async function shows(run: { details: () => Promise<string> }, text: string): Promise<string> {
  for (const limit = Date.now() + 20_000; Date.now() < limit;) {
    const details = await run.details();
    if (details.includes(text)) return details;
  }
  throw new Error(`The details never showed ${text}: ${await run.details()}`);
}

describe('a service that refuses for good', () => {
  test('is shown as what the lifecycle is stuck at, until it is tried again and helps', async () => {
    engine.town.troubles.set('instructBatch', [refused()]);
    const run = await engine.start('batch', { phase: 'released', facts: { batchSha256: sha('batch') } });
    const details = await shows(run, '**Stuck**');
    expect(details).toContain('hand the batch over: refused-for-good');
    expect(details).not.toContain('Being done');
    await tryAgain(run);
    await run.reached('instructed');
    expect(await shows(run, 'Waiting for **finance-clerk**')).not.toContain('Stuck');
  });

  test('is tried again by itself, ever more slowly', async () => {
    engine.town.troubles.set('instructBatch', [refused(), refused(), refused()]);
    const run = await engine.start('batch', { phase: 'released', facts: { batchSha256: sha('batch') } });
    await shows(run, '**Stuck**');
    await engine.skipDays(1);
    await run.reached('instructed');
    expect(engine.town.calls).toContain(`instructBatch ${run.id} ${sha('batch')}`);
  });

  test('does not keep two people from annulling the poll that is stuck at it', async () => {
    engine.town.troubles.set('closeBoard', [refused()]);
    const facts = { manifestSha256: sha('manifest') };
    const run = await engine.start('poll', { phase: 'closed', stage: null, facts });
    await shows(run, '**Stuck**');
    await run.decide('request-annulment', 'poll-officer', { reason }, 'per-officer');
    await run.decide('confirm-annulment', 'appeal-body', { reason }, 'per-judge');
    await expect(run.handle.result()).resolves.toMatchObject({ phase: 'annulled' });
    expect(run.steps).not.toContain('board-closed');
  });

  test('that helps after all does not undo the end that was decided meanwhile', async () => {
    engine.town.troubles.set('closeBoard', [refused()]);
    const run = await engine.start('poll', { phase: 'closed', stage: null });
    await shows(run, '**Stuck**');
    await run.decide('request-annulment', 'poll-officer', { reason }, 'per-officer');
    engine.town.troubles.set('recordStep', [refused()]);
    const ending = run.decide('confirm-annulment', 'appeal-body', { reason }, 'per-judge');
    await shows(run, 'confirm-annulment: refused-for-good');
    await tryAgain(run);
    await ending;
    await expect(run.handle.result()).resolves.toMatchObject({ phase: 'annulled' });
    expect(run.steps.at(-1)).toBe('confirm-annulment');
  });

  test('keeps a decision unanswered until it is on record', async () => {
    const run = await engine.start('batch');
    await run.reached('approval-opened');
    engine.town.troubles.set('recordStep', [refused()]);
    const deciding = run.decide('approve', 'payout-approver', { batchSha256: sha('batch') });
    await shows(run, 'record step 3: approve: refused-for-good');
    expect(run.steps).not.toContain('approve');
    await tryAgain(run);
    expect((await deciding).step).toBe(3);
    expect(run.steps).toContain('approve');
  });

  test('keeps a notice from nobody else, and a lifecycle from its end only for hours', async () => {
    engine.town.troubles.set('notify', Array.from({ length: 12 }, refused));
    const run = await engine.start('batch');
    expect((await run.result()).phase).toBe('expired');
    expect(run.steps).toEqual(['proposed', 'approval-opened', 'approval-reminded', 'approval-lapsed']);
    expect(engine.town.notices).toEqual([]);
  });
});

test('an issuer, a witness or a board that is away is waited for, and nothing of a poll is done twice', async () => {
  const routes = [
    'freezeRoll',
    'freezeRoll of auditor',
    'recordRolls',
    'sealLotSeed of municipality',
    'sealLotSeed of auditor',
    'publishManifest',
    'openIssuance of municipality',
    'openIssuance of auditor',
    'closeIssuance of municipality',
    'closeIssuance of auditor',
    'recordDesks',
    'closeBoard',
    'settleComplaints',
    'tallyPoll',
    'publishPollFiles',
  ];
  for (const route of routes) engine.town.troubles.set(route, [down(), problem(503, 'witnesses-silent')]);
  const run = await engine.start('poll');
  await follow(run);
  expect(run.recordedState().phase).toBe('decided');
  expect([...engine.town.troubles.values()].flat()).toEqual([]);
  const called = engine.town.calls.map((call) =>
    routes.find((route) => call.startsWith(`${route} pol`) || call.startsWith(`${route} m`)),
  );
  expect(called.filter((route) => route !== undefined).toSorted()).toEqual(routes.toSorted());
});

test('a service that is down is waited for, and nothing is done twice', async () => {
  const routes = [
    'getCharter',
    'commitProject',
    'preparePoll',
    'lockCriteria',
    'startMeasurement',
    'decideBonus',
  ];
  for (const route of [...routes, 'recordStep', 'createObligations']) {
    engine.town.troubles.set(route, [down()]);
  }
  const run = await engine.start('project');
  await follow(run);
  expect(run.recordedState().phase).toBe('closed');
  expect([...engine.town.troubles.values()].flat()).toEqual([]);
});

describe('a wait changed by two people', () => {
  const ask = (run: Running<'project'>, change: 'extend' | 'suspend' | 'resume' | 'rectify', due?: string) =>
    run.decide('request-change', 'sponsor', { change, reason, ...(due ? { due } : {}) });
  const confirm = (
    run: Running<'project'>,
    change: 'extend' | 'suspend' | 'resume' | 'rectify',
    due?: string,
  ) => run.decide('confirm-change', 'appeal-body', { change, ...(due ? { due } : {}) });
  async function underReview() {
    const run = await engine.start('project', { phase: 'qualified', stage: 'review' });
    const { state } = await run.reached('review-opened');
    return { run, wait: state.wait! };
  }
  const later = (at: string, days: number) => new Date(Date.parse(at) + days * 86_400_000).toISOString();
  const effects = (run: Running<'project'>) =>
    engine.town.of(run.id).flatMap(({ step }) => (step.waitEffect === null ? [] : [step.waitEffect]));

  test('that is extended is overdue only later, and says why', async () => {
    const { run, wait } = await underReview();
    await ask(run, 'extend', later(wait.due, 20));
    await confirm(run, 'extend', later(wait.due, 20));
    await engine.skipDays(15);
    expect(effects(run)).toEqual(['extended']);
    await engine.skipDays(15);
    const { step } = await run.reached('review-overdue');
    expect(dayOf(step.at)).toBe(dayOf(later(wait.due, 20)));
    expect((await run.reached('confirm-change')).step.data).toMatchObject({ wait: 'review', reason });
    expect(effects(run).slice(0, 3)).toEqual(['extended', 'reminded', 'overdue']);
  });

  test('that is suspended stands still, refuses decisions, and goes on with what was left', async () => {
    const { run, wait } = await underReview();
    await ask(run, 'suspend');
    await confirm(run, 'suspend');
    const { step: suspended } = await run.reached('confirm-change');
    expect(await run.refusal('admit', 'department-manager', { cost: euros(1), reason })).toBe('suspended');
    await engine.skipDays(200);
    expect(effects(run)).toEqual(['suspended']);
    await ask(run, 'resume');
    await confirm(run, 'resume');
    const { state, step: resumed } = await run.reached('confirm-change', suspended.number);
    const stood = Date.parse(resumed.at) - Date.parse(suspended.at);
    expect(Date.parse(state.wait!.due) - Date.parse(wait.due)).toBe(stood);
    expect((await run.result()).phase).toBe('lapsed');
    expect(effects(run)).toEqual(['suspended', 'resumed', 'reminded', 'overdue', 'escalated', 'escalated']);
  });

  test('that is rectified while overdue is due anew, its ladder from the start', async () => {
    const { run, wait } = await underReview();
    await engine.skipDays(14);
    await run.reached('review-overdue');
    await ask(run, 'rectify', later(wait.due, 40));
    const { step: number } = await confirm(run, 'rectify', later(wait.due, 40));
    expect((await run.result()).phase).toBe('lapsed');
    const after = engine.town.of(run.id).filter(({ step }) => step.number > number);
    expect(after.map(({ step }) => step.name)).toEqual([
      'review-reminded',
      'review-overdue',
      'review-escalated',
      'review-escalated',
      'review-lapsed',
    ]);
  });
});

test('a lifecycle with a long history continues as new, and loses nothing', async () => {
  const run = await engine.start('project', { phase: 'delivery', stage: 'delivery' });
  await run.reached('delivery-opened');
  const askAndAnswer = async () => {
    await run.decide('ask-champion', 'sponsor', { reason });
    await run.decide('answer-as-champion', 'champion', {});
  };
  await askAndAnswer();
  // Facts that mean nothing now fill the history quickly.
  for (let burst = 0; burst < 11; burst += 1) {
    const many = Array.from({ length: 100 }, (_, one) => `noise ${burst} ${one}`);
    await Promise.all(many.map((factId) => run.report('baselines-recorded', {}, factId)));
  }
  await askAndAnswer();
  const runs = await historiesOf(
    engine.environment.client,
    run.handle.workflowId,
    run.handle.firstExecutionRunId,
  );
  expect(runs.length).toBeGreaterThan(1);
  expect(run.steps.filter((name) => name === 'ask-champion')).toHaveLength(2);
  expect(run.steps.filter((name) => name === 'delivery-opened')).toHaveLength(1);
  expect((await run.state()).wait).toEqual((await run.reached('delivery-opened')).state.wait);
});
