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
const THRESHOLD_EVENT = 'org.talkoot.project.endorsement-threshold-reached.v1';

describe('endorsing', () => {
  it('counts every resident once and tells the threshold once, however many come at the same moment', async () => {
    fixture.world.electorate = 200;
    const { project: params, projectId } = await course.proposed();
    const residents = await Promise.all(
      Array.from({ length: 15 }, (_, n) => fixture.person(`per-e${n}`, 'resident')),
    );
    const twice = await Promise.allSettled(
      [...residents, ...residents].map((resident) => resident.endorse({ params })),
    );
    const codes = twice.flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as { code: string }).code] : [],
    );
    expect(codes).toEqual(Array.from({ length: 15 }, () => 'already-endorsed'));
    const { endorsements, threshold } = await fixture.visitor.getProject({ params });
    expect([endorsements, threshold]).toEqual([15, 10]);
    const events = (await fixture.events(THRESHOLD_EVENT)).filter(({ subject }) => subject === projectId);
    expect(events).toMatchObject([{ data: { endorsements: 10, threshold: 10 } }]);
    expect(await fixture.facts('threshold-reached')).toHaveLength(1);
  });

  it('is not for the champion, the ineligible or other municipalities', async () => {
    const { project: params } = await course.proposed();
    await expect(course.people.champion.endorse({ params })).rejects.toMatchObject(
      refused('champion-endorses'),
    );
    fixture.world.ineligible.add('per-young');
    const young = await fixture.person('per-young', 'resident');
    await expect(young.endorse({ params })).rejects.toMatchObject(refused('not-eligible'));
    const other = await fixture.elsewhere('per-far', 'resident');
    await expect(other.endorse({ params })).rejects.toMatchObject(refused('forbidden'));
  });

  it('is over when ideas are closed', async () => {
    const { project: params, roundId } = await course.proposed();
    await fixture.worker.closeIdeas({ params: { roundId } });
    await expect(course.people.resident.endorse({ params })).rejects.toMatchObject(refused('wrong-phase'));
  });
});

describe('review', () => {
  it('is not ended while a proposal waits for it', async () => {
    const { round, projectId } = await course.proposed();
    await course.people.officer.endIdeas({ params: round });
    await fixture.engine.step('project', projectId, { name: 'threshold-reached', phase: 'qualified' });
    await expect(course.people.officer.endReview({ params: round })).rejects.toMatchObject(
      refused('reviews-open'),
    );
    await fixture.engine.step('project', projectId, { name: 'refused', phase: 'refused' });
    await course.people.officer.endReview({ params: round });
    expect((await fixture.visitor.getRound({ params: round })).phase).toBe('voting');
    await expect(fixture.visitor.getRoundResult({ params: round })).rejects.toMatchObject(
      refused('not-allocated'),
    );
  });

  it('admits at a cost within the cap and publishes why', async () => {
    const { project: params, projectId } = await course.proposed();
    await fixture.engine.step('project', projectId, { name: 'threshold-reached', phase: 'qualified' });
    const admit = (amount: number) =>
      course.people.manager.admitProposal({
        params,
        body: { cost: { amount, currency: 'EUR' }, reason: 'Feasible.' },
      });
    await expect(admit(90_000_00)).rejects.toMatchObject(refused('over-project-cap'));
    await admit(50_000_00);
    const record = await fixture.visitor.getProject({ params });
    expect(record).toMatchObject({ phase: 'admitted', reviewedCost: { amount: 50_000_00 } });
    expect(record.reasons.map(({ step }) => step)).toEqual(['admit']);
  });

  it('hears the appeal of the champion only', async () => {
    const { project: params, projectId } = await course.proposed();
    await fixture.engine.step('project', projectId, { name: 'threshold-reached', phase: 'qualified' });
    await course.people.manager.refuseProposal({ params, body: { reason: 'Not ours.' } });
    const body = { reason: 'It is.' };
    await expect(course.people.resident.appeal({ params, body })).rejects.toMatchObject(
      refused('not-champion'),
    );
    await course.people.champion.appeal({ params, body });
    await course.people.appealBody.decideAppeal({ params, body: { upheld: true, reason: 'It is.' } });
    const names = fixture.engine.commands.slice(-3).map(({ command }) => [command.name, command.actor.as]);
    expect(names).toEqual([
      ['refuse', 'department-manager'],
      ['appeal', 'champion'],
      ['decide-appeal', 'appeal-body'],
    ]);
  });

  it('is done by nobody of the project, nor are its appeals decided and its windows ended by them', async () => {
    const { project: params, projectId } = await course.proposed();
    await fixture.engine.step('project', projectId, { name: 'threshold-reached', phase: 'qualified' });
    const reviewer = await fixture.person('per-champion', 'department-manager', 'appeal-body');
    const reason = 'Mine.';
    const twice = refused('same-person-twice');
    const body = { cost: { amount: 10_000_00, currency: 'EUR' }, reason };
    await expect(reviewer.admitProposal({ params, body })).rejects.toMatchObject(twice);
    await expect(reviewer.refuseProposal({ params, body: { reason } })).rejects.toMatchObject(twice);
    const upheld = { upheld: true, reason };
    await expect(reviewer.decideAppeal({ params, body: upheld })).rejects.toMatchObject(twice);
    await expect(reviewer.closeWindow({ params })).rejects.toMatchObject(twice);
  });

  it('tells what is unreviewed that review is over, once', async () => {
    const { roundId, projectId } = await course.proposed();
    await fixture.engine.step('project', projectId, { name: 'threshold-reached', phase: 'qualified' });
    await fixture.worker.closeReview({ params: { roundId } });
    await fixture.worker.closeReview({ params: { roundId } });
    const told = (await fixture.facts('review-closed')).filter(
      ({ workflowId }) => workflowId === `project/${projectId}`,
    );
    expect(told).toHaveLength(1);
  });
});
