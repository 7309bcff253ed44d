import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { courseOf } from '../course.fixture.ts';
import { M, projectsFixture } from '../projects.fixture.ts';
import type { Fixture } from '../projects.fixture.ts';

let fixture: Fixture;
let course: Awaited<ReturnType<typeof courseOf>>;

beforeAll(async () => {
  fixture = await projectsFixture(inject('mongodbUrl'));
  course = await courseOf(fixture);
});
afterAll(() => fixture.stop());

const refused = (code: string) => ({ code });
const conclusion = 'Measured as planned.';
type Assessed = Awaited<ReturnType<typeof assessed>>;

/** Readings of 280 and 320 against 240 and a goal of 320: a score of 3/4; a side effect of 1/20; hours that nobody confirmed. */
async function assessed({ closedEarly = false } = {}) {
  const agreed = await course.agreed();
  const { project: params, projectId, criteria } = agreed;
  const { assessor, champion, lead, resident, volunteer } = course.people;
  const hours = { date: '2026-11-01', minutes: 120, work: 'Digging' };
  const { hoursId } = await volunteer.recordHours({ params, body: hours });
  const milestone = { params: { ...params, milestoneId: 'built' } };
  await champion.acceptMilestone({ ...milestone, body: { as: 'champion' } });
  await lead.acceptMilestone({ ...milestone, body: { as: 'lead' } });
  await fixture.engine.step('project', projectId, { name: 'delivered', phase: 'measurement' });
  await fixture.worker.startMeasurement({ params: { projectId } });
  const { criterionId } = criteria[0]!;
  const record = (collection: string, value: string, corrects?: string) =>
    assessor.recordObservation({
      params,
      body: { ...course.reading(criterionId, collection, value), ...(corrects && { corrects }) },
    });
  await record('c1', '280');
  if (!closedEarly) course.toSecondCollection();
  const { observationId: wrong } = await record(closedEarly ? 'c1' : 'c2', '320');
  await fixture.engine.step('project', projectId, { name: 'measured', phase: 'assessment' });
  const effect = { direction: 'good' as const, title: 'A kiosk opened', evidence: 'Open every day.' };
  const { sideEffectId } = await resident.reportSideEffect({ params, body: effect });
  const pointer = await fixture.person('per-pointer', 'assessor');
  const propose = (points: string) =>
    pointer.proposePoints({ params: { ...M, sideEffectId }, body: { points, reason: 'Small.' } });
  await propose('0.05');
  const sign = async () => {
    const { sha256: draftSha256 } = await fixture.visitor.draftAssessment({ params });
    return assessor.signAssessment({ params, body: { draftSha256, conclusion } });
  };
  const first = await sign();
  expect(first.score).toBe('3/4');
  const decide = () =>
    fixture.worker.decideFinalScore({
      params: { projectId },
      body: { pollId: 'pol-b-1', options: [{ optionId: sideEffectId, yes: 9, no: 3 }] },
    });
  return { ...agreed, params, hoursId, wrong, effect, record, propose, sign, decide, first };
}

/** The bonus was decided on it, and somebody appealed. */
async function appealed(upheld: boolean, how: Parameters<typeof assessed>[0] = {}): Promise<Assessed> {
  const voted = await assessed(how);
  const { params, projectId } = voted;
  await fixture.engine.step('project', projectId, { name: 'objection-closed', phase: 'bonus-vote' });
  expect(await voted.decide()).toMatchObject({ score: '4/5', assessment: { appeal: null } });
  await course.people.resident.appeal({ params, body: { reason: 'The loop was broken in March.' } });
  await course.people.appealBody.decideAppeal({ params, body: { upheld, reason: 'It was.' } });
  const phase = upheld ? 'assessment' : 'payout';
  await fixture.engine.step('project', projectId, { name: 'appeal-decided', phase });
  return voted;
}

const explanationOf = (assessmentId: string) =>
  fixture.visitor.explainAssessment({ params: { ...M, assessmentId } });

describe('an assessment after an upheld appeal against the bonus', () => {
  it('is signed again, names the former and the appeal, and gives the same votes another score', async () => {
    const { params, projectId, wrong, record, sign, decide, first } = await appealed(true);
    await record('c2', '300', wrong);
    const draft = await fixture.visitor.draftAssessment({ params });
    const corrects = { assessmentId: first.assessmentId, sha256: first.sha256, number: 1, upheld: 'appeal' };
    expect(draft).toMatchObject({ score: '5/8', corrects });
    const second = await sign();
    await fixture.engine.step('project', projectId, { name: 'sign-assessment', phase: 'bonus-vote' });
    const shown = await fixture.visitor.getAssessment({ params });
    expect(shown).toMatchObject({ assessmentId: second.assessmentId, number: 2, final: false });
    expect((await fixture.visitor.getProject({ params })).finalScore).toBeNull();
    const final = await decide();
    expect(final).toMatchObject({ score: '27/40', assessment: { assessmentId: second.assessmentId } });
    expect(final.assessment.appeal).toEqual(draft.corrects!.decision);
    expect(await decide()).toEqual(final);
    await fixture.engine.step('project', projectId, { name: 'bonus-decided', phase: 'payout' });
    expect(await fixture.visitor.getAssessment({ params })).toMatchObject({ final: true });
    const { items } = await fixture.visitor.listAssessments({ params });
    expect(items).toMatchObject([
      { number: 1, score: '3/4', finalScore: '4/5', corrects: null, supersededBy: second.assessmentId },
      { number: 2, score: '5/8', finalScore: '27/40', corrects, supersededBy: null },
    ]);
    const { reasons, finalScore } = await fixture.visitor.getProject({ params });
    expect(reasons.map(({ step }) => step).slice(-2)).toEqual(['appeal', 'decide-appeal']);
    expect(finalScore).toMatchObject({ assessmentId: second.assessmentId, score: '27/40' });
  });

  it('is explained, and so is the one that it replaced', async () => {
    const { wrong, record, sign, decide, first } = await appealed(true);
    const before = await explanationOf(first.assessmentId);
    expect(before.result).toBe('score 3/4, to be replaced: an appeal against the bonus was upheld');
    await record('c2', '300', wrong);
    const { assessmentId } = await sign();
    await decide();
    const [why, ...parts] = (await explanationOf(assessmentId)).parts;
    expect(why).toMatchObject({
      title: 'Assessment 2, because an appeal against the bonus was upheld',
      sources: [
        { kind: 'assessment', id: first.assessmentId, sha256: first.sha256 },
        { kind: 'appeal-decision' },
      ],
    });
    expect(parts.at(-1)!.lines.at(-1)).toBe('final score: 27/40');
    const former = await explanationOf(first.assessmentId);
    expect(former.result).toBe(`score 3/4, replaced by ${assessmentId}`);
    expect(former.parts.at(-1)!.lines.at(-1)).toBe('final score: 4/5');
  });

  it('changes nothing that citizens voted on, and takes nothing in that was observed later', async () => {
    const { params, effect, propose, record } = await appealed(true);
    await expect(propose('0.5')).rejects.toMatchObject(refused('points-settled'));
    const report = course.people.resident.reportSideEffect({ params, body: effect });
    await expect(report).rejects.toMatchObject(refused('points-settled'));
    fixture.pass(1);
    await expect(record('c2', '900')).rejects.toMatchObject(refused('outside-calendar'));
    const { sideEffects, score } = await fixture.visitor.draftAssessment({ params });
    expect(sideEffects).toMatchObject([{ points: '0.05' }]);
    expect(score).toBe('3/4');
  });

  it('takes nothing in that was observed after it, though the measurement was closed before the collection was due', async () => {
    const { record } = await appealed(true, { closedEarly: true });
    fixture.pass(1);
    // The time of the first collection lasts until the second is due, in months.
    await expect(record('c1', '900')).rejects.toMatchObject(refused('outside-calendar'));
  });

  it('may find that all was right: it is signed again as it was, and is another one', async () => {
    const { sign, decide, first } = await appealed(true);
    const second = await sign();
    expect(second).toMatchObject({ score: '3/4' });
    expect(second.sha256).not.toBe(first.sha256);
    expect(await decide()).toMatchObject({
      score: '4/5',
      assessment: { assessmentId: second.assessmentId },
    });
  });

  it('is signed by nobody who is on the team or paid for the project', async () => {
    const { params, projectId } = await appealed(true);
    const { sha256: draftSha256 } = await fixture.visitor.draftAssessment({ params });
    const signing = { params, body: { draftSha256, conclusion } };
    const champion = await fixture.person('per-champion', 'assessor');
    await expect(champion.signAssessment(signing)).rejects.toMatchObject(refused('assessor-on-team'));
    const contractor = await fixture.person('per-contractor', 'assessor');
    fixture.world.interested.set(projectId, ['per-contractor']);
    await expect(contractor.signAssessment(signing)).rejects.toMatchObject(refused('interested-party'));
  });

  it('keeps points that citizens voted on, though whoever proposed them gains from the project by now', async () => {
    const { projectId, sign } = await appealed(true);
    fixture.world.interested.set(projectId, ['per-pointer']);
    expect(await sign()).toMatchObject({ score: '3/4' });
  });

  it('leaves time to confirm hours that were recorded and forgotten', async () => {
    const voted = await assessed();
    const confirm = { params: { ...M, hoursId: voted.hoursId } };
    const { projectId } = voted;
    await fixture.engine.step('project', projectId, { name: 'objection-closed', phase: 'bonus-vote' });
    const late = course.people.servant.confirmHours(confirm);
    await expect(late).rejects.toMatchObject(refused('wrong-phase'));
    await fixture.engine.step('project', projectId, { name: 'decide-appeal', phase: 'assessment' });
    expect(await course.people.servant.confirmHours(confirm)).toMatchObject({ confirmed: true });
  });
});

describe('an appeal that is dismissed', () => {
  it('leaves assessment and score as they were', async () => {
    const { params, decide, first } = await appealed(false);
    const shown = await fixture.visitor.getAssessment({ params });
    expect(shown).toMatchObject({ assessmentId: first.assessmentId, number: 1, final: true });
    expect(shown.draft.corrects).toBeNull();
    expect(await decide()).toMatchObject({ score: '4/5', assessment: { appeal: null } });
  });
});

describe('an assessment after an upheld objection', () => {
  it('is made anew before the vote, points of side effects as well, and alone gives the score', async () => {
    const { params, wrong, record, propose, sign, decide, first } = await assessed();
    await course.people.resident.objectToAssessment({ params, body: { reason: 'It rained that day.' } });
    await course.people.appealBody.decideAppeal({ params, body: { upheld: true, reason: 'It did.' } });
    await record('c2', '300', wrong);
    await propose('0.1');
    const draft = await fixture.visitor.draftAssessment({ params });
    expect(draft).toMatchObject({
      score: '5/8',
      sideEffects: [{ points: '0.1' }],
      corrects: { assessmentId: first.assessmentId, number: 1, upheld: 'objection' },
    });
    const second = await sign();
    const shown = await fixture.visitor.getAssessment({ params });
    expect(shown).toMatchObject({ assessmentId: second.assessmentId, number: 2, final: false });
    const { items } = await fixture.visitor.listAssessments({ params });
    expect(items).toMatchObject([{ supersededBy: second.assessmentId }, { supersededBy: null }]);
    expect(await decide()).toMatchObject({ score: '29/40', assessment: { appeal: null } });
  });
});
