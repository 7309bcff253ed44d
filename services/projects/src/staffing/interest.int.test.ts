import { createClient, ServiceUnreachable } from '@talkoot/api-contracts';
import { projectsApi } from '@talkoot/api-contracts/projects';
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
  it.each(['per-contractor', 'per-investor', 'per-manager', 'per-successor'])(
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

describe('whoever measured or assessed a project', () => {
  const measured = { code: 'has-measured' };
  const hours = (...people: string[]) => people.map((personId) => ({ personId, hours: 10 }));

  /** A project that waits for its team, with a baseline that somebody recorded. */
  async function baselineBy(id: string) {
    const locked = await course.locked();
    const { project: params, criteria } = locked;
    const person = await fixture.person(id, 'assessor', 'civil-servant', 'department-manager', 'resident');
    const body = course.reading(criteria[0]!.criterionId, 'baseline', '240');
    const { observationId } = await person.recordObservation({ params, body });
    /** Somebody without interest says the same, or otherwise. */
    const correct = () =>
      course.people.assessor.recordObservation({ params, body: { ...body, corrects: observationId } });
    return { ...locked, params, person, correct };
  }

  it('does not volunteer, unless somebody else corrected all that they recorded', async () => {
    const { params, person, correct } = await baselineBy('per-eager');
    await expect(person.volunteer({ params })).rejects.toMatchObject(measured);
    await correct();
    expect(await person.volunteer({ params })).toEqual({ personId: 'per-eager' });
  });

  it('does not join as a volunteer or a champion who was asked before they measured', async () => {
    const { project: params, criteria } = await course.locked();
    const { champion } = course.people;
    const both = await fixture.person('per-both', 'assessor', 'resident');
    await both.volunteer({ params });
    await champion.inviteCoChampion({ params, body: { personId: 'per-both' } });
    await both.recordObservation({
      params,
      body: course.reading(criteria[0]!.criterionId, 'baseline', '240'),
    });
    const accepted = champion.acceptVolunteer({
      params: { ...params, personId: 'per-both' },
      body: { as: 'champion' },
    });
    await expect(accepted).rejects.toMatchObject(measured);
    await expect(both.acceptCoChampion({ params })).rejects.toMatchObject(measured);
  });

  it('does not join while their reading is on its way, or does not measure', async () => {
    const { project: params, criteria } = await course.locked();
    for (let round = 0; round < 6; round += 1) {
      const both = await fixture.person(`per-both-${round}`, 'assessor', 'resident');
      const body = course.reading(criteria[0]!.criterionId, 'baseline', '240');
      await course.people.champion.inviteCoChampion({ params, body: { personId: `per-both-${round}` } });
      const met = await Promise.allSettled([
        both.recordObservation({ params, body }),
        both.acceptCoChampion({ params }),
      ]);
      expect(met.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    }
  });

  it('is not assigned, and assigns nobody', async () => {
    const { params, person } = await baselineBy('per-servant');
    const civilServants = hours('per-lead', 'per-servant');
    const assign = { params, body: { lead: 'per-lead', civilServants } };
    await expect(course.people.manager.assignStaff(assign)).rejects.toMatchObject(measured);
    const other = { params, body: { lead: 'per-lead', civilServants: hours('per-lead') } };
    await expect(person.assignStaff(other)).rejects.toMatchObject(measured);
    await course.people.manager.assignStaff(other);
  });

  it('signs no team agreement, where they measured while they were being assigned', async () => {
    const { project: params, criteria } = await course.locked();
    const { champion, manager, lead } = course.people;
    const both = await fixture.person('per-both', 'civil-servant');
    fixture.engine.whileSent = async () => {
      const body = course.reading(criteria[0]!.criterionId, 'baseline', '240');
      await both.recordObservation({ params, body });
    };
    const civilServants = hours('per-lead', 'per-both');
    await manager.assignStaff({ params, body: { lead: 'per-lead', civilServants } });
    fixture.engine.whileSent = async () => {};
    const pots = { 'civil-servants': 1, champions: 1, volunteers: 1 };
    const terms = { pots, weights: [], milestones: [{ id: 'built', title: 'Built' }] };
    const { agreementSha256 } = await champion.proposeAgreement({
      params,
      body: { as: 'champion', ...terms },
    });
    const sign = (one: typeof both) => one.signAgreement({ params, body: { agreementSha256 } });
    await sign(lead);
    await expect(sign(both)).rejects.toMatchObject(measured);
  });

  it('counts by an open feed too, until it is revoked without a reading', async () => {
    const { project: params, criteria } = await course.locked();
    const both = await fixture.person('per-both', 'assessor', 'resident');
    const { criterionId } = criteria[0]!;
    const { feedId } = await both.createFeed({ params, body: { criterionId, name: 'Loop' } });
    await expect(both.volunteer({ params })).rejects.toMatchObject(measured);
    await both.revokeFeed({ params: { ...M, feedId } });
    await both.volunteer({ params });
  });

  it('is told to payments, of a project and of a whole pilot, with all that they may have done', async () => {
    const { project: params, projectId, pilotId, criteria, measurementId } = await course.delivered();
    const as = (id: string) => fixture.person(id, 'assessor');
    const { criterionId } = criteria[0]!;
    const [reader, feeder, pointer, closer, signer] = await Promise.all(
      ['per-reader', 'per-feeder', 'per-pointer', 'per-closer', 'per-signer'].map(as),
    );
    await reader!.recordObservation({ params, body: course.reading(criterionId, 'c1', '300') });
    await feeder!.createFeed({ params, body: { criterionId, name: 'Loop' } });
    const effect = { direction: 'good' as const, title: 'Calm', evidence: 'Less noise.' };
    const { sideEffectId } = await course.people.resident.reportSideEffect({ params, body: effect });
    await pointer!.proposePoints({
      params: { ...M, sideEffectId },
      body: { points: '0.1', reason: 'Good.' },
    });
    await closer!.closeMeasurement({ params: { ...M, measurementId }, body: { reason: 'Done.' } });
    const { sha256: draftSha256 } = await fixture.visitor.draftAssessment({ params });
    await signer!.signAssessment({ params, body: { draftSha256, conclusion: 'It works.' } });
    const payments = createClient(projectsApi, {
      baseUrl: fixture.url,
      token: () => fixture.tokens.serviceToken('payments', 'projects'),
    });
    const did = ['per-reader', 'per-feeder', 'per-pointer', 'per-closer', 'per-signer'];
    const among = async (of: string | null, pilot = pilotId) => {
      const body = { projectId: of, personIds: ['per-nobody', ...did] };
      return (await payments.findMeasurers({ params: { pilotId: pilot }, body })).personIds.toSorted();
    };
    expect(await among(projectId)).toEqual(did.toSorted());
    expect(await among(null)).toEqual(did.toSorted());
    expect(await among('prj-other')).toEqual([]);
    expect(await among(null, 'pil-other')).toEqual([]);
    const body = { projectId, personIds: did };
    const asked = fixture.visitor.findMeasurers({ params: { pilotId }, body });
    await expect(asked).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('an objection or an appeal against the bonus', () => {
  const rejected = { upheld: false, reason: 'It did not rain.' };

  /** A project in one of the phases in which somebody judges its assessment; who serviced it left before. */
  async function judged(phase: string) {
    const { project: params, projectId } = await course.agreed();
    const civilServants = [{ personId: 'per-lead', hours: 60 }];
    await course.people.manager.assignStaff({ params, body: { lead: 'per-lead', civilServants } });
    await fixture.engine.step('project', projectId, { name: 'next', phase });
    fixture.world.interested.set(projectId, ['per-contractor']);
    return params;
  }

  it.each(['assessment', 'bonus-vote'])(
    'of a project in %s is decided, and its window ended, by nobody who gains from it',
    async (phase) => {
      const params = await judged(phase);
      const concerned = ['per-contractor', 'per-successor', 'per-manager', 'per-servant', 'per-champion'];
      const sent = fixture.engine.commands.length;
      const codes = [];
      for (const id of concerned) {
        const person = await fixture.person(id, 'appeal-body');
        const acts = [person.decideAppeal({ params, body: rejected }), person.closeWindow({ params })];
        for (const one of await Promise.allSettled(acts))
          codes.push(one.status === 'rejected' && one.reason.code);
      }
      expect(codes).toEqual([...Array(8).fill('interested-party'), 'same-person-twice', 'same-person-twice']);
      expect(fixture.engine.commands.length).toBe(sent);
      await course.people.appealBody.decideAppeal({ params, body: rejected });
    },
  );

  it('waits while payments does not answer who gains, but for a decision that was taken before', async () => {
    const params = await judged('assessment');
    const { appealBody } = course.people;
    const decide = () => appealBody.decideAppeal({ params, body: rejected, idempotencyKey: 'decided-once' });
    const silent = async () => {
      throw new ServiceUnreachable('payments does not answer');
    };
    fixture.world.whileAsked = silent;
    await expect(decide()).rejects.toMatchObject({ code: 'unavailable', status: 503 });
    fixture.world.whileAsked = async () => {};
    const decided = await decide();
    fixture.world.whileAsked = silent;
    expect(await decide()).toEqual(decided);
    fixture.world.whileAsked = async () => {};
  });
});

describe('who measured', () => {
  it('is found in the projects asked about, without reading those of everybody', async () => {
    const { pilotId, projectId } = await course.delivered();
    const payments = createClient(projectsApi, {
      baseUrl: fixture.url,
      token: () => fixture.tokens.serviceToken('payments', 'projects'),
    });
    const { db } = fixture.connection;
    await db!.command({ profile: 2 });
    for (const asked of [projectId, null])
      await payments.findMeasurers({
        params: { pilotId },
        body: { projectId: asked, personIds: ['per-a'] },
      });
    await db!.command({ profile: 0 });
    const reads = await db!
      .collection('system.profile')
      .find({ ns: /(projects|feeds|observations|sideeffects|measurements|assessments)$/ })
      .toArray();
    expect(reads.length).toBeGreaterThanOrEqual(12);
    expect(reads.filter(({ planSummary }) => planSummary === 'COLLSCAN').map(({ ns }) => ns)).toEqual([]);
  });
});

describe('an assessment', () => {
  it('is not signed while it rests on what somebody stated who gains, until others confirm it', async () => {
    const { project: params, projectId, criteria } = await course.delivered();
    const { assessor, resident } = course.people;
    const late = await fixture.person('per-late', 'assessor');
    const body = course.reading(criteria[0]!.criterionId, 'c1', '300');
    const { observationId } = await late.recordObservation({ params, body });
    const effect = { direction: 'good' as const, title: 'Calm', evidence: 'Less noise.' };
    const { sideEffectId } = await resident.reportSideEffect({ params, body: effect });
    const points = { params: { ...M, sideEffectId }, body: { points: '0.1', reason: 'Good.' } };
    await late.proposePoints(points);
    // As where a contract was recorded while the reading was on its way.
    fixture.world.interested.set(projectId, ['per-late']);
    const sign = async () => {
      const { sha256: draftSha256 } = await fixture.visitor.draftAssessment({ params });
      return assessor.signAssessment({ params, body: { draftSha256, conclusion: 'It works.' } });
    };
    await expect(sign()).rejects.toMatchObject({
      code: 'stated-by-interested',
      problem: {
        errors: [{ at: `observations.${observationId}` }, { at: `side-effects.${sideEffectId}` }],
      },
    });
    await assessor.recordObservation({ params, body: { ...body, corrects: observationId } });
    await expect(sign()).rejects.toMatchObject({
      problem: { errors: [{ at: `side-effects.${sideEffectId}` }] },
    });
    await assessor.proposePoints(points);
    await sign();
  });
});
