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

describe('whoever is paid for a project, or assigned its team,', () => {
  it.each(['per-contractor', 'per-investor', 'per-manager'])(
    'as %s neither measures nor assesses it',
    async (id) => {
      const { project: params, projectId, criteria, measurementId } = await course.delivered();
      fixture.world.interested.set(projectId, ['per-contractor', 'per-investor']);
      const concerned = await fixture.person(id, 'assessor', 'department-manager');
      const { criterionId } = criteria[0]!;
      const effect = { direction: 'good' as const, title: 'Calm', evidence: 'Less noise.' };
      const { sideEffectId } = await course.people.resident.reportSideEffect({ params, body: effect });
      const csv = `criterion,collection,observed_at,value,unit,group,unit_name\n${criterionId},c1,2026-11-01T10:00:00.000Z,300,cyclists,treated,\n`;
      const { sha256: draftSha256 } = await fixture.visitor.draftAssessment({ params });
      const acts = [
        concerned.recordObservation({ params, body: course.reading(criterionId, 'c1', '300') }),
        concerned.importObservations({ params, body: csv }),
        concerned.createFeed({ params, body: { criterionId, name: 'Loop' } }),
        concerned.proposePoints({ params: { ...M, sideEffectId }, body: { points: '0.1', reason: 'Good.' } }),
        concerned.closeMeasurement({ params: { ...M, measurementId }, body: { reason: 'Done.' } }),
        concerned.signAssessment({ params, body: { draftSha256, conclusion: 'It works.' } }),
      ];
      const codes = (await Promise.allSettled(acts)).map(
        (one) => one.status === 'rejected' && one.reason.code,
      );
      expect(codes).toEqual(acts.map(() => 'interested-party'));
      expect((await fixture.visitor.listObservations({ params })).items).toEqual([]);
    },
  );

  it('is refused too when they join the team while their reading is on its way', async () => {
    const { project: params, criteria } = await course.locked();
    const { assessor, manager } = course.people;
    const civilServants = ['per-lead', 'per-assessor'].map((personId) => ({ personId, hours: 10 }));
    fixture.world.whileAsked = async () => {
      await manager.assignStaff({ params, body: { lead: 'per-lead', civilServants } });
    };
    const body = course.reading(criteria[0]!.criterionId, 'baseline', '240');
    const sent = assessor.recordObservation({ params, body });
    await expect(sent).rejects.toMatchObject({ code: 'team-member-measures' });
    fixture.world.whileAsked = async () => {};
    expect((await fixture.visitor.listObservations({ params })).items).toEqual([]);
  });

  it('of another project may', async () => {
    const { project: params, projectId, criteria } = await course.delivered();
    fixture.world.interested.set('prj-other', ['per-assessor']);
    fixture.world.interested.set(projectId, ['per-contractor']);
    const body = course.reading(criteria[0]!.criterionId, 'c1', '300');
    await course.people.assessor.recordObservation({ params, body });
    expect((await fixture.visitor.listObservations({ params })).items).toHaveLength(1);
  });
});
