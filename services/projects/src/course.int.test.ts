import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { courseOf } from './course.fixture.ts';
import { eur, projectsFixture } from './projects.fixture.ts';
import type { Fixture } from './projects.fixture.ts';

let fixture: Fixture;
let course: Awaited<ReturnType<typeof courseOf>>;

beforeAll(async () => {
  fixture = await projectsFixture(inject('mongodbUrl'));
  course = await courseOf(fixture);
});
afterAll(() => fixture.stop());

describe('a project from its proposal to its final score', () => {
  it('keeps the public record of the whole course', async () => {
    const { engine, worker, visitor } = fixture;
    const { people, reading } = course;
    const { project, projectId, round, roundId, pilotId, measurementId, criteria } = await course.delivered();
    const criterionId = criteria[0]!.criterionId;

    expect(await visitor.getRound({ params: round })).toMatchObject({ electorate: 40, threshold: 2 });
    expect(await fixture.facts('threshold-reached')).toHaveLength(1);
    expect(await fixture.facts('on-ballot')).toHaveLength(1);
    expect(await fixture.facts('allocated')).toHaveLength(1);
    expect(await worker.checkBaselines({ params: { projectId } })).toEqual({ missing: [] });
    const plan = await worker.getMeasurementPlan({ params: { measurementId } });
    expect(plan.collections.map(({ name }) => name)).toEqual(['c1', 'c2']);

    for (const [collection, value] of [
      ['c1', '290'],
      ['c2', '310'],
    ] as const) {
      if (collection === 'c2') course.toSecondCollection();
      await people.assessor.recordObservation({
        params: project,
        body: reading(criterionId, collection, value),
      });
    }
    expect(await fixture.facts('collection-complete')).toHaveLength(2);
    await worker.completeMeasurement({ params: { measurementId } });
    await engine.step('project', projectId, { name: 'measured', phase: 'assessment' });

    const effect = { direction: 'good' as const, title: 'A kiosk opened', evidence: 'Open every day.' };
    const { sideEffectId } = await people.resident.reportSideEffect({ params: project, body: effect });
    const points = { points: '0.05', reason: 'Small.' };
    await people.assessor.proposePoints({ params: { ...round, sideEffectId }, body: points });

    const draft = await visitor.draftAssessment({ params: project });
    // Δ = 80; the mean of 290 and 310 is 60 above the baseline.
    expect(draft).toMatchObject({ score: '3/4', payable: true, missingWeight: '0' });
    const signed = await people.assessor.signAssessment({
      params: project,
      body: { draftSha256: draft.sha256, conclusion: 'Checked on site.' },
    });
    expect(signed.score).toBe('3/4');
    expect((await visitor.getAssessment({ params: project })).assessor).toBe('per-assessor');

    const question = await worker.getBonusQuestion({ params: { projectId } });
    expect(question.sideEffects).toEqual([{ sideEffectId }]);
    const vote = { pollId: 'pol-b-1', options: [{ optionId: sideEffectId, yes: 9, no: 3 }] };
    const final = await worker.decideFinalScore({ params: { projectId }, body: vote });
    expect(final).toMatchObject({ score: '4/5', payable: true });
    expect(await worker.decideFinalScore({ params: { projectId }, body: vote })).toEqual(final);

    const record = await visitor.getProject({ params: project });
    expect(record).toMatchObject({ phase: 'assessment', funded: true, votes: 12, cost: eur(40_000_00) });
    expect(record.finalScore?.score).toBe('4/5');
    const team = await worker.getTeam({ params: { projectId } });
    expect(team.members.map(({ pot }) => pot).toSorted()).toEqual([
      'champions',
      'civil-servants',
      'civil-servants',
      'volunteers',
    ]);
    await worker.roundAllocated({ params: { roundId } });
    expect((await fixture.facts('round-allocated'))[0]?.workflowId).toBe(`pilot/${pilotId}`);
    const evaluation = await visitor.getEvaluation({ params: { ...project, pilotId } });
    expect(evaluation).toMatchObject({
      delivered: 1,
      committed: eur(40_000_00),
      projectsByPhase: { assessment: 1 },
    });
  });
});
