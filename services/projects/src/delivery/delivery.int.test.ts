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
const work = { date: '2026-11-01', minutes: 120, work: 'Digging' };

describe('milestones', () => {
  it('are accepted by champion and lead in their own capacity, and told once both did', async () => {
    const { project, projectId } = await course.agreed();
    const { champion, lead, servant } = course.people;
    const params = { ...project, milestoneId: 'built' };
    const as = (capacity: 'champion' | 'lead') => ({ params, body: { as: capacity } });
    await expect(lead.acceptMilestone(as('champion'))).rejects.toMatchObject(refused('not-champion'));
    await expect(servant.acceptMilestone(as('lead'))).rejects.toMatchObject(refused('not-lead'));
    await champion.acceptMilestone(as('champion'));
    const told = async () =>
      (await fixture.events('org.talkoot.project.milestone-accepted.v1')).filter(
        ({ subject }) => subject === projectId,
      );
    expect(await told()).toHaveLength(0);
    await lead.acceptMilestone(as('lead'));
    expect(await told()).toMatchObject([{ data: { milestoneId: 'built' } }]);
  });
});

describe('hours', () => {
  it('are confirmed by the other side, never by oneself', async () => {
    const { project: params, projectId } = await course.agreed();
    const { volunteer, champion, lead, servant, resident } = course.people;
    await expect(resident.recordHours({ params, body: work })).rejects.toMatchObject(refused('not-on-team'));
    const { hoursId } = await volunteer.recordHours({ params, body: work });
    const confirm = { params: { ...M, hoursId } };
    await expect(volunteer.confirmHours(confirm)).rejects.toMatchObject(refused('own-hours'));
    await expect(champion.confirmHours(confirm)).rejects.toMatchObject(refused('own-side'));
    await expect(resident.confirmHours(confirm)).rejects.toMatchObject(refused('not-on-team'));
    expect(await servant.confirmHours(confirm)).toMatchObject({ confirmed: true });
    await expect(lead.confirmHours(confirm)).rejects.toMatchObject(refused('already-confirmed'));
    const events = await fixture.events('org.talkoot.project.hours-confirmed.v1');
    expect(events.filter(({ subject }) => subject === projectId)).toMatchObject([{ data: { minutes: 120 } }]);
    const { items } = await fixture.visitor.listHours({ params });
    expect(items).toMatchObject([{ side: 'citizens', minutes: 120, confirmed: true }]);
  });

  it('are confirmed once, whoever confirms at the same moment', async () => {
    const { project: params } = await course.agreed();
    const { lead, servant, volunteer } = course.people;
    const { hoursId } = await volunteer.recordHours({ params, body: work });
    const confirm = { params: { ...M, hoursId } };
    const settled = await Promise.allSettled([lead.confirmHours(confirm), servant.confirmHours(confirm)]);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('are of work that was done, while there is work', async () => {
    const { project: params } = await course.agreed();
    const ahead = course.people.lead.recordHours({ params, body: { ...work, date: '2040-01-01' } });
    await expect(ahead).rejects.toMatchObject(refused('hours-ahead'));
    const { project: early } = await course.locked();
    const soon = course.people.champion.recordHours({ params: early, body: work });
    await expect(soon).rejects.toMatchObject(refused('wrong-phase'));
  });
});

describe('skills and ratings', () => {
  it('count once the learner confirmed them', async () => {
    const { project: params } = await course.agreed();
    const { champion, lead, servant, volunteer } = course.people;
    const teach = (learner: string) =>
      champion.recordSkill({ params, body: { learner, skill: 'Volunteers' } });
    await expect(teach('per-volunteer')).rejects.toMatchObject(refused('own-side'));
    await expect(teach('per-stranger')).rejects.toMatchObject(refused('not-on-team'));
    const { skillId } = await teach('per-lead');
    const confirm = { params: { ...M, skillId } };
    await expect(servant.confirmSkill(confirm)).rejects.toMatchObject(refused('not-learner'));
    await lead.confirmSkill(confirm);
    await expect(lead.confirmSkill(confirm)).rejects.toMatchObject(refused('already-confirmed'));
    expect((await fixture.visitor.listSkills({ params })).items).toMatchObject([{ confirmed: true }]);
    const rate = (personId: string, milestoneId = 'built') =>
      volunteer.rateCollaboration({ params, body: { personId, milestoneId, stars: 4 } });
    await rate('per-lead');
    await expect(rate('per-lead')).rejects.toMatchObject(refused('already-rated'));
    await expect(rate('per-champion')).rejects.toMatchObject(refused('own-side'));
    await expect(rate('per-servant', 'other')).rejects.toMatchObject(refused('unknown-milestone'));
  });
});

describe('abandoning', () => {
  it('is asked for in a capacity that one has', async () => {
    const { project: params } = await course.agreed();
    const { champion, servant, sponsor } = course.people;
    const ask = (person: typeof champion, as: 'champion' | 'lead' | 'department-manager') =>
      person.requestAbandon({ params, body: { as, reason: 'It cannot be built.' } });
    await expect(ask(servant, 'lead')).rejects.toMatchObject(refused('not-lead'));
    await expect(ask(servant, 'department-manager')).rejects.toMatchObject(refused('forbidden'));
    await ask(champion, 'champion');
    await sponsor.confirmAbandon({ params, body: { reason: 'Agreed.' } });
    const { reasons } = await fixture.visitor.getProject({ params });
    expect(reasons.map(({ step }) => step).slice(-2)).toEqual(['request-abandon', 'confirm-abandon']);
  });
});
