import { pollIdOf } from '@talkoot/workflow-contracts';
import type { StateOf } from '@talkoot/workflow-contracts';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { reason } from '../../test/courses.ts';
import { startEngine } from '../../test/engine.ts';
import type { Engine, Running } from '../../test/engine.ts';
import { euros, sha } from '../../test/town.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterEach(() => engine.replayAll());
afterAll(() => engine.stop());

const assessment = (id: string, score: string) => ({ assessmentId: id, sha256: sha(id), score });
const first = assessment('ass-1', '1/2');
const corrected = assessment('ass-2', '3/4');
const voting: Partial<StateOf<'project'>> = {
  phase: 'bonus-vote',
  stage: 'bonus-vote',
  facts: { cost: euros(1_000), assessment: first, assessedBy: 'per-assessor' },
};
const decideAppeal = (run: Running<'project'>, upheld: boolean) =>
  run.decide('decide-appeal', 'appeal-body', { upheld, reason });

/** A bonus of 50 euros is decided, and somebody appeals. */
async function appealed(): Promise<Running<'project'>> {
  const run = await engine.start('project', voting);
  await run.reached('bonus-poll-prepared');
  await run.report('poll-decided', { pollId: pollIdOf.bonus(run.id) });
  await run.reached('bonus-decided');
  await run.decide('appeal', 'resident', { reason });
  return run;
}
const recorded = (run: Running<'project'>, name: string) =>
  engine.town.of(run.id).filter(({ step }) => step.name === name);
const owedIn = async (run: Running<'project'>) =>
  (await run.reached('obligations-created')).step.data['total'];

test('an appeal that is upheld has another amount paid, on the corrected assessment and the same vote', async () => {
  const run = await appealed();
  await decideAppeal(run, true);
  await run.decide('sign-assessment', 'assessor', corrected);
  expect(await owedIn(run)).toEqual(euros(75));
  const [before, after] = recorded(run, 'bonus-decided').map(({ step }) => step.data);
  expect(before).toMatchObject({ decisionId: 'bon-1', supersedes: null, payable: euros(50) });
  expect(after).toMatchObject({ decisionId: 'bon-2', supersedes: 'bon-1', payable: euros(75) });
  expect(engine.town.calls.filter((call) => call.startsWith('preparePoll'))).toHaveLength(1);
});

test('an appeal that is dismissed changes nothing', async () => {
  const run = await appealed();
  await decideAppeal(run, false);
  expect(await owedIn(run)).toEqual(euros(50));
  expect(recorded(run, 'bonus-decided')).toHaveLength(1);
});

test('it is the last one', async () => {
  const run = await appealed();
  await decideAppeal(run, true);
  const again = () => run.refusal('appeal', 'resident', { reason }, 'per-other');
  expect(await again()).toBe('appeal-used');
  await run.decide('sign-assessment', 'assessor', corrected);
  await run.reached('obligations-created');
  expect(await again()).toBe('appeal-used');
});

test('while nobody signs again it is overdue on record, asked anew, and nothing is paid', async () => {
  const run = await appealed();
  await decideAppeal(run, true);
  for (let weeks = 0; weeks < 20 && recorded(run, 'reassessment-opened').length < 2; weeks += 1) {
    await engine.skipDays(7);
  }
  const steps = run.steps.slice(run.steps.indexOf('decide-appeal'));
  expect(steps).toEqual([
    'decide-appeal',
    'reassessment-opened',
    'reassessment-reminded',
    'reassessment-overdue',
    'reassessment-escalated',
    'reassessment-lapsed',
    'reassessment-opened',
  ]);
  const escalation = engine.town.notices.find(({ template }) => template === 'escalation');
  expect(escalation).toMatchObject({ to: { role: 'sponsor' }, wait: 'reassessment' });
  expect(engine.town.calls.some((call) => call.startsWith('createObligations'))).toBe(false);
  await run.decide('sign-assessment', 'assessor', corrected);
  expect(await owedIn(run)).toEqual(euros(75));
});

test('after the engine was lost it goes on from the record', async () => {
  const lost = await appealed();
  await decideAppeal(lost, true);
  await lost.reached('reassessment-opened');
  await lost.handle.terminate();
  const run = await engine.start('project', lost.recordedState());
  await run.decide('sign-assessment', 'assessor', corrected);
  expect(await owedIn(run)).toEqual(euros(75));
  expect(recorded(run, 'bonus-decided')).toHaveLength(2);
});
