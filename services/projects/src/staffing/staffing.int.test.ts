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
const hours = (personId: string) => ({ personId, hours: 10 });
const pots = { 'civil-servants': 1, champions: 1, volunteers: 1 };
const milestones = [{ id: 'built', title: 'Built' }];

describe('assigning civil servants', () => {
  it.each([
    ['lead-not-assigned', { lead: 'per-other', civilServants: [hours('per-lead')] }],
    ['lead-not-assigned', { lead: 'per-lead', civilServants: [hours('per-lead'), hours('per-lead')] }],
    ['both-sides', { lead: 'per-champion', civilServants: [hours('per-champion')] }],
    ['not-civil-servant', { lead: 'per-clown', civilServants: [hours('per-clown')] }],
  ])('is refused with %s', async (code, body) => {
    fixture.world.strangers.add('per-clown');
    const { project: params } = await course.locked();
    await expect(course.people.manager.assignStaff({ params, body })).rejects.toMatchObject(refused(code));
    expect((await fixture.visitor.showTeam({ params })).lead).toBeNull();
  });

  it('may be changed before the agreement, and keeps the day of the first assignment', async () => {
    const { project: params } = await course.locked();
    const assign = (personId: string) =>
      course.people.manager.assignStaff({
        params,
        body: { lead: personId, civilServants: [hours(personId)] },
      });
    await assign('per-lead');
    const first = await fixture.visitor.showTeam({ params });
    await assign('per-servant');
    const second = await fixture.visitor.showTeam({ params });
    expect(second).toMatchObject({ lead: 'per-servant', assignedAt: first.assignedAt });
  });
});

describe('a key used again after a refusal', () => {
  it('records nobody whom only the refused request named', async () => {
    const { project: params } = await course.locked();
    const { manager } = course.people;
    const idempotencyKey = 'assign-both-sides';
    const both = { lead: 'per-champion', civilServants: [hours('per-champion')] };
    const assign = (body: typeof both) => manager.assignStaff({ params, body, idempotencyKey });
    await expect(assign(both)).rejects.toMatchObject(refused('both-sides'));
    const sound = { lead: 'per-lead', civilServants: [hours('per-lead')] };
    await expect(assign(sound)).rejects.toMatchObject(refused('idempotency-key-reused'));
    expect((await fixture.visitor.showTeam({ params })).civilServants).toEqual([]);
  });

  it('proposes no agreement of a team that has changed since', async () => {
    const { project: params } = await course.locked();
    const { champion, resident } = course.people;
    const body = { as: 'champion' as const, pots, weights: [], milestones };
    const propose = () => champion.proposeAgreement({ params, body, idempotencyKey: 'agreement-too-early' });
    fixture.engine.refuseWith = 'not-awaited';
    await expect(propose()).rejects.toMatchObject(refused('not-awaited'));
    await champion.inviteCoChampion({ params, body: { personId: 'per-resident' } });
    await resident.acceptCoChampion({ params });
    await expect(propose()).rejects.toMatchObject(refused('hash-mismatch'));
  });

  it('proposes no agreement for somebody who is champion no more', async () => {
    const { project: params, projectId } = await course.locked();
    const { champion } = course.people;
    const body = { as: 'champion' as const, pots, weights: [], milestones };
    const propose = () =>
      champion.proposeAgreement({ params, body, idempotencyKey: 'agreement-once-champion' });
    fixture.engine.refuseWith = 'not-awaited';
    await expect(propose()).rejects.toMatchObject(refused('not-awaited'));
    await fixture.engine.step('project', projectId, { name: 'champion-succeeded' });
    await expect(propose()).rejects.toMatchObject(refused('not-champion'));
  });
});

describe('volunteering', () => {
  it('needs the champion and the lead', async () => {
    const { project: params } = await course.locked();
    const { champion, lead, manager, volunteer, resident } = course.people;
    await volunteer.volunteer({ params });
    await expect(volunteer.volunteer({ params })).rejects.toMatchObject(refused('already-volunteered'));
    await expect(champion.volunteer({ params })).rejects.toMatchObject(refused('already-champion'));
    const accept = { params: { ...params, personId: 'per-volunteer' } };
    const asChampion = { ...accept, body: { as: 'champion' as const } };
    await expect(resident.acceptVolunteer(asChampion)).rejects.toMatchObject(refused('not-champion'));
    const asLead = { ...accept, body: { as: 'lead' as const } };
    await expect(lead.acceptVolunteer(asLead)).rejects.toMatchObject(refused('not-lead'));
    await manager.assignStaff({ params, body: { lead: 'per-lead', civilServants: [hours('per-lead')] } });
    expect(await champion.acceptVolunteer(asChampion)).toMatchObject({ accepted: false });
    await expect(champion.acceptVolunteer(asChampion)).rejects.toMatchObject(refused('already-accepted'));
    expect(await lead.acceptVolunteer(asLead)).toMatchObject({ accepted: true });
    const stranger = lead.acceptVolunteer({
      params: { ...params, personId: 'per-nobody' },
      body: { as: 'lead' },
    });
    await expect(stranger).rejects.toMatchObject(refused('not-found'));
    const leadToo = await fixture.person('per-lead', 'resident');
    await expect(leadToo.volunteer({ params })).rejects.toMatchObject(refused('both-sides'));
  });

  it('is over once the work began', async () => {
    const { project: params } = await course.agreed();
    await expect(course.people.resident.volunteer({ params })).rejects.toMatchObject(refused('wrong-phase'));
  });
});

describe('the team agreement', () => {
  it.each([
    ['member-unknown', { weights: [{ personId: 'per-stranger', weight: 1 }] }],
    ['pots-empty', { pots: { 'civil-servants': 0, champions: 0, volunteers: 0 } }],
    ['milestone-repeated', { milestones: [...milestones, ...milestones] }],
  ])('is refused with %s', async (code, changes) => {
    const { project: params } = await course.locked();
    const body = { as: 'champion' as const, pots, weights: [], milestones, ...changes };
    await expect(course.people.champion.proposeAgreement({ params, body })).rejects.toMatchObject(
      refused(code),
    );
    await expect(fixture.visitor.getAgreement({ params })).rejects.toMatchObject(
      refused('agreement-missing'),
    );
  });

  it('is signed by everybody, and a new proposal voids the signatures', async () => {
    const { project: params } = await course.agreed();
    const { champion, resident } = course.people;
    const signed = await fixture.visitor.getAgreement({ params });
    expect(signed).toMatchObject({ signed: true, signedBy: { length: 4 } });
    const body = { agreementSha256: signed.sha256 };
    await expect(resident.signAgreement({ params, body })).rejects.toMatchObject(refused('not-on-team'));
    const again = { as: 'champion' as const, pots, weights: [], milestones };
    const { agreementSha256 } = await champion.proposeAgreement({ params, body: again });
    expect(await fixture.visitor.getAgreement({ params })).toMatchObject({
      sha256: agreementSha256,
      signed: false,
      signedBy: [],
    });
  });

  it('gives the worker pots, weights and confirmed minutes', async () => {
    const { project: params, projectId } = await course.agreed();
    const { volunteer, lead } = course.people;
    const body = { date: '2026-11-01', minutes: 90, work: 'Digging' };
    const { hoursId } = await volunteer.recordHours({ params, body });
    const before = await fixture.worker.getTeam({ params: { projectId } });
    await lead.confirmHours({ params: { ...params, hoursId } });
    const after = await fixture.worker.getTeam({ params: { projectId } });
    const minutes = (team: typeof after) =>
      team.members.find(({ personId }) => personId === 'per-volunteer')?.minutes;
    expect([minutes(before), minutes(after)]).toEqual([0, 90]);
    expect(after.pots).toEqual({ 'civil-servants': 50, champions: 30, volunteers: 20 });
  });
});
