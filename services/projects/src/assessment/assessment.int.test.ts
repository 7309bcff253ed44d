import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { courseOf } from '../course.fixture.ts';
import { projectsFixture } from '../projects.fixture.ts';
import type { Fixture } from '../projects.fixture.ts';

let fixture: Fixture;
let course: Awaited<ReturnType<typeof courseOf>>;

beforeAll(async () => {
  fixture = await projectsFixture(inject('mongodbUrl'));
  course = await courseOf(fixture);
});
afterAll(() => fixture.stop());

const refused = (code: string) => ({ code });

async function assessable() {
  const delivered = await course.delivered();
  const { project: params, projectId, criteria } = delivered;
  const body = course.reading(criteria[0]!.criterionId, 'c1', '280');
  await course.people.assessor.recordObservation({ params, body });
  await fixture.engine.step('project', projectId, { name: 'measured', phase: 'assessment' });
  return { ...delivered, params };
}
const conclusion = 'Measured as planned.';

describe('an assessment', () => {
  it('is drafted only from locked criteria', async () => {
    const { project: params } = await course.admitted();
    await expect(fixture.visitor.draftAssessment({ params })).rejects.toMatchObject(
      refused('criteria-not-locked'),
    );
    await expect(fixture.visitor.getAssessment({ params })).rejects.toMatchObject(
      refused('assessment-missing'),
    );
  });

  it('is signed as it was read, by somebody outside the team', async () => {
    const { params, criteria } = await assessable();
    const { sha256: draftSha256 } = await fixture.visitor.draftAssessment({ params });
    const assessingChampion = await fixture.person('per-champion', 'assessor');
    const sign = { params, body: { draftSha256, conclusion } };
    await expect(assessingChampion.signAssessment(sign)).rejects.toMatchObject(refused('assessor-on-team'));
    course.toSecondCollection();
    const late = course.reading(criteria[0]!.criterionId, 'c2', '320');
    await course.people.assessor.recordObservation({ params, body: late });
    await expect(course.people.assessor.signAssessment(sign)).rejects.toMatchObject(refused('draft-changed'));
    const now = await fixture.visitor.draftAssessment({ params });
    const signed = {
      params,
      body: { draftSha256: now.sha256, conclusion },
      idempotencyKey: 'signed-only-once',
    };
    const first = await course.people.assessor.signAssessment(signed);
    expect(await course.people.assessor.signAssessment(signed)).toEqual(first);
    const shown = await fixture.visitor.getAssessment({ params });
    expect(shown).toMatchObject({ sha256: first.sha256, draft: { sha256: now.sha256, score: '3/4' } });
  });

  it('is not signed from a draft that was prepared too early and refused', async () => {
    const { project: params, criteria, projectId } = await course.delivered();
    const { assessor } = course.people;
    const { criterionId } = criteria[0]!;
    const record = (collection: string, value: string) =>
      assessor.recordObservation({ params, body: course.reading(criterionId, collection, value) });
    await record('c1', '320');
    const { sha256: draftSha256 } = await fixture.visitor.draftAssessment({ params });
    const early = { params, body: { draftSha256, conclusion }, idempotencyKey: 'signed-too-early' };
    fixture.engine.refuseWith = 'wrong-phase';
    await expect(assessor.signAssessment(early)).rejects.toMatchObject(refused('wrong-phase'));
    course.toSecondCollection();
    await record('c2', '240');
    await fixture.engine.step('project', projectId, { name: 'measured', phase: 'assessment' });
    await expect(assessor.signAssessment(early)).rejects.toMatchObject(refused('draft-changed'));
  });

  it('is final once nobody can object to it any more', async () => {
    const { params, projectId } = await assessable();
    const { sha256: draftSha256 } = await fixture.visitor.draftAssessment({ params });
    await course.people.assessor.signAssessment({ params, body: { draftSha256, conclusion } });
    const isFinal = async () => (await fixture.visitor.getAssessment({ params })).final;
    expect(await isFinal()).toBe(false);
    await course.people.resident.objectToAssessment({ params, body: { reason: 'It rained that day.' } });
    expect(await isFinal()).toBe(false);
    await fixture.engine.step('project', projectId, { name: 'window-closed', phase: 'bonus-vote' });
    expect(await isFinal()).toBe(true);
    await fixture.engine.step('project', projectId, { name: 'bonus-decided', phase: 'payout' });
    expect(await isFinal()).toBe(true);
  });

  it('is made again when an objection is upheld', async () => {
    const { params } = await assessable();
    const { sha256: draftSha256 } = await fixture.visitor.draftAssessment({ params });
    await course.people.assessor.signAssessment({ params, body: { draftSha256, conclusion } });
    const object = { params, body: { reason: 'It rained that day.' } };
    const { objectionId } = await course.people.resident.objectToAssessment(object);
    const open = await fixture.visitor.listObjections({ params });
    expect(open.items).toMatchObject([{ objectionId, upheld: null }]);
    await course.people.appealBody.decideAppeal({ params, body: { upheld: true, reason: 'It did.' } });
    expect((await fixture.visitor.listObjections({ params })).items).toMatchObject([{ upheld: true }]);
    await expect(fixture.visitor.getAssessment({ params })).rejects.toMatchObject(
      refused('assessment-missing'),
    );
  });

  it('refused by the lifecycle leaves no objection behind', async () => {
    const { params } = await assessable();
    fixture.engine.refuseWith = 'not-awaited';
    const object = course.people.resident.objectToAssessment({ params, body: { reason: 'Too late.' } });
    await expect(object).rejects.toMatchObject(refused('not-awaited'));
    expect((await fixture.visitor.listObjections({ params })).items).toEqual([]);
  });

  it('without enough data carries no bonus', async () => {
    const { project: params, projectId } = await course.delivered();
    await fixture.engine.step('project', projectId, { name: 'measured', phase: 'assessment' });
    const draft = await fixture.visitor.draftAssessment({ params });
    expect(draft).toMatchObject({ payable: false, missingWeight: '1', score: '0' });
    const question = fixture.worker.getBonusQuestion({ params: { projectId } });
    await expect(question).rejects.toMatchObject(refused('assessment-missing'));
  });
});
