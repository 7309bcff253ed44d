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

async function assessed() {
  const delivered = await course.delivered();
  const { project: params, projectId, criteria } = delivered;
  for (const [collection, value] of [
    ['c1', '280'],
    ['c2', '320'],
  ] as const) {
    if (collection === 'c2') course.toSecondCollection();
    const body = course.reading(criteria[0]!.criterionId, collection, value);
    await course.people.assessor.recordObservation({ params, body });
  }
  await fixture.engine.step('project', projectId, { name: 'measured', phase: 'assessment' });
  const { sha256: draftSha256 } = await fixture.visitor.draftAssessment({ params });
  const body = { draftSha256, conclusion: 'Measured as planned.' };
  const signed = await course.people.assessor.signAssessment({ params, body });
  return { ...delivered, params, signed, where: { params: { ...M, assessmentId: signed.assessmentId } } };
}

describe('why a score is what it is', () => {
  it('goes from the charter over the lock and each estimate to the signature', async () => {
    const { params, pilotId, criteria, signed, where } = await assessed();
    const answer = await fixture.visitor.explainAssessment(where);
    expect(answer).toMatchObject({ kind: 'assessment', result: 'score 3/4', amount: null });
    const { criterionId, metric } = criteria[0]!;
    const [lock, criterion, score] = answer.parts;
    const { charterSha256 } = await fixture.visitor.getPilot({ params: { ...M, pilotId } });
    const project = await fixture.visitor.getProject({ params });
    expect(lock!.sources).toEqual([
      { kind: 'charter', id: pilotId, sha256: charterSha256 },
      { kind: 'criteria-lock', id: 'pol-c-1', sha256: project.lock!.sha256 },
    ]);
    expect(lock!.lines).toContain(`${criterionId}: ${metric}: 10 yes, 2 no, weight 1`);
    expect(criterion!.lines[0]).toBe('baseline 240, goal 320, observed 300.000000 (cyclists)');
    expect(criterion!.lines[1]).toMatch(/^estimate 60\.000000 by before-after from 2 observations, /);
    expect(criterion!.lines.some((line) => line.startsWith('assumed: '))).toBe(true);
    const { draft } = await fixture.visitor.getAssessment({ params });
    const { computation } = draft.criteria[0]!;
    expect(computation.length).toBeGreaterThan(2);
    const from = criterion!.lines.indexOf(computation[0]!);
    expect(criterion!.lines.slice(from, from + computation.length)).toEqual(computation);
    expect(criterion!.lines).toContain('observations in c1: 1');
    expect(criterion!.sources).toEqual(
      ['c1', 'c2'].map((collection) => ({
        kind: 'observations',
        id: `${criterionId}/${collection}`,
        sha256: null,
      })),
    );
    expect(criterion!.lines).toContain('weight: 10 ÷ 10 = 1');
    expect(score!.lines).toContain('score S: 0.75 + (0) = 0.75');
    expect(score!.sources).toEqual([{ kind: 'assessment', id: signed.assessmentId, sha256: signed.sha256 }]);
  });

  it('tells what citizens accepted, once they have', async () => {
    const { projectId, where } = await assessed();
    await fixture.worker.decideFinalScore({
      params: { projectId },
      body: { pollId: 'pol-b-9', options: [] },
    });
    const { parts } = await fixture.visitor.explainAssessment(where);
    expect(parts.at(-1)).toMatchObject({ sources: [{ kind: 'poll', id: 'pol-b-9' }] });
    expect(parts.at(-1)!.lines.at(-1)).toBe('final score: 3/4');
  });

  it('stays explained when an objection has replaced it, and says so', async () => {
    const { params, where } = await assessed();
    await course.people.resident.objectToAssessment({ params, body: { reason: 'It rained that day.' } });
    await course.people.appealBody.decideAppeal({ params, body: { upheld: true, reason: 'It did.' } });
    const { result } = await fixture.visitor.explainAssessment(where);
    expect(result).toBe('score 3/4, to be replaced: an objection was upheld');
  });

  it('is not told of what was never signed, nor in another municipality', async () => {
    const { where } = await assessed();
    const { project: params } = await course.delivered();
    const { sha256: draftSha256 } = await fixture.visitor.draftAssessment({ params });
    fixture.engine.refuseWith = 'wrong-phase';
    const refused = course.people.assessor.signAssessment({
      params,
      body: { draftSha256, conclusion: 'Early.' },
    });
    await expect(refused).rejects.toMatchObject({ code: 'wrong-phase' });
    const prepared = await fixture.connection.collection('assessments').findOne({ signed: false });
    const unsigned = { params: { ...M, assessmentId: String(prepared!._id) } };
    await expect(fixture.visitor.explainAssessment(unsigned)).rejects.toMatchObject({ code: 'not-found' });
    const elsewhere = { params: { ...where.params, municipalityId: 'muualla' } };
    await expect(fixture.visitor.explainAssessment(elsewhere)).rejects.toMatchObject({ code: 'not-found' });
  });
});
