import { projectsApi } from '@talkoot/api-contracts/projects';
import type { CriterionInput, ObservationInput } from '@talkoot/api-contracts/projects';
import { createClient, ServiceUnreachable } from '@talkoot/api-contracts';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { courseOf } from '../course.fixture.ts';
import { cyclists, M, projectsFixture } from '../projects.fixture.ts';
import type { Fixture } from '../projects.fixture.ts';

let fixture: Fixture;
let course: Awaited<ReturnType<typeof courseOf>>;

beforeAll(async () => {
  fixture = await projectsFixture(inject('mongodbUrl'));
  course = await courseOf(fixture);
});
afterAll(() => fixture.stop());

const refused = (code: string) => ({ code });
const compared: CriterionInput = { ...cyclists, comparator: 'comparison-units' };
const { baseline: _, ...unmeasured } = cyclists;

const header = 'criterion,collection,observed_at,value,unit,group,unit_name,period';
/** Instants soon after the tests began, within what clocks may differ. */
const second = (n: number) => new Date(begun + fixture.ahead() + n * 1_000).toISOString();
const begun = Date.now();
const line = (criterionId: string, changes: Partial<Record<'value' | 'unit' | 'at', string>> = {}) =>
  `${criterionId},c1,${changes.at ?? second(1)},${changes.value ?? '300'},${changes.unit ?? 'cyclists'},treated,,`;

async function measuring(criteria: CriterionInput[] = [cyclists]) {
  const delivered = await course.delivered(criteria);
  const criterionId = delivered.criteria[0]!.criterionId;
  const record = (changes: Partial<ObservationInput> = {}, value = '300') =>
    course.people.assessor.recordObservation({
      params: delivered.project,
      body: { ...course.reading(criterionId, 'c1', value), ...changes },
    });
  return { ...delivered, criterionId, record };
}

describe('recording an observation', () => {
  it.each<[string, Partial<ObservationInput>]>([
    ['criterion-unknown', { criterionId: 'crt-other' }],
    ['collection-unknown', { collection: 'c9' }],
    ['wrong-unit', { unit: 'cars' }],
    ['no-comparison', { group: 'comparison', unitName: 'Harju' }],
    ['observed-ahead', { observedAt: '2040-01-01T00:00:00.000Z' }],
    ['outside-calendar', { observedAt: '2026-05-01T09:00:00.000Z' }],
    ['outside-calendar', { collection: 'c2' }],
    ['period-mismatch', { period: '2026-11' }],
    ['observation-unknown', { corrects: 'obs-none' }],
    ['invalid-request', { value: 'NaN' }],
    ['wrong-phase', { collection: 'baseline' }],
  ])('is refused with %s', async (code, changes) => {
    const { project: params, record } = await measuring();
    await expect(record(changes)).rejects.toMatchObject(refused(code));
    expect((await fixture.visitor.listObservations({ params })).items).toEqual([]);
  });

  it('is refused before the criteria are locked: until then they may change', async () => {
    const { project: params, projectId } = await course.admitted();
    const { criteria } = await fixture.visitor.getProject({ params });
    const { criterionId } = criteria[0]!;
    const { assessor } = course.people;
    const baseline = course.reading(criterionId, 'baseline', '240');
    const early = refused('criteria-not-locked');
    await expect(assessor.recordObservation({ params, body: baseline })).rejects.toMatchObject(early);
    const csv = `${header}\n${line(criterionId)}`;
    await expect(assessor.importObservations({ params, body: csv })).rejects.toMatchObject(early);
    const feed = assessor.createFeed({ params, body: { criterionId, name: 'Loop' } });
    await expect(feed).rejects.toMatchObject(early);
    expect((await fixture.visitor.listObservations({ params })).items).toEqual([]);
    expect(projectId).toBeTruthy();
  });

  it('is refused when it repeats another, by hand, CSV or feed; several units at one instant are named', async () => {
    const { project: params, criterionId, record } = await measuring();
    const { assessor } = course.people;
    const body = course.reading(criterionId, 'c1', '300');
    const again = refused('duplicate-observation');
    const first = await assessor.recordObservation({ params, body });
    await expect(
      assessor.recordObservation({ params, body: { ...body, value: '301' } }),
    ).rejects.toMatchObject(again);
    await assessor.recordObservation({ params, body: { ...body, unitName: 'Second loop' } });
    const csv = [
      header,
      line(criterionId),
      line(criterionId, { at: body.observedAt }),
      line(criterionId),
    ].join('\n');
    await expect(assessor.importObservations({ params, body: csv })).rejects.toMatchObject({
      code: 'duplicate-observation',
      problem: { errors: [{ at: 'line.3' }, { at: 'line.4' }] },
    });
    const { feedId, token } = await assessor.createFeed({ params, body: { criterionId, name: 'Loop' } });
    const { criterionId: _, ...reading } = body;
    const feed = { token: token!, readings: [{ ...reading, ref: 'r1' }] };
    await expect(
      fixture.visitor.feedObservations({ params: { ...M, feedId }, body: feed }),
    ).rejects.toMatchObject({
      code: 'duplicate-observation',
      problem: { errors: [{ at: 'body.readings.r1' }] },
    });
    expect((await fixture.visitor.listObservations({ params })).items).toHaveLength(2);
    await record({ ...body, corrects: first.observationId }, '310');
    expect((await fixture.visitor.listObservations({ params })).items).toHaveLength(3);
  });

  it('stands once of those that come together', async () => {
    const { project: params, criterionId } = await measuring();
    const body = course.reading(criterionId, 'c1', '300');
    const sent = await Promise.allSettled(
      Array.from({ length: 5 }, () => course.people.assessor.recordObservation({ params, body })),
    );
    expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const one of sent)
      if (one.status === 'rejected') expect(one.reason).toMatchObject(refused('duplicate-observation'));
  });

  it('is not for members of the team, and a comparison names its unit', async () => {
    const { project: params, criterionId } = await course
      .delivered([compared])
      .then((one) => ({ ...one, criterionId: one.criteria[0]!.criterionId }));
    const body = course.reading(criterionId, 'c1', '300');
    await expect(course.people.lead.recordObservation({ params, body })).rejects.toMatchObject(
      refused('team-member-measures'),
    );
    const unnamed = { ...body, group: 'comparison' as const };
    await expect(course.people.assessor.recordObservation({ params, body: unnamed })).rejects.toMatchObject(
      refused('group-unnamed'),
    );
  });

  it('of a baseline is corrected after the work too, at its own instant', async () => {
    const { project: params, projectId, criteria } = await course.locked();
    const { assessor } = course.people;
    const body = course.reading(criteria[0]!.criterionId, 'baseline', '240');
    const { observationId: corrects } = await assessor.recordObservation({ params, body });
    await fixture.engine.step('project', projectId, { name: 'delivered', phase: 'measurement' });
    const late = { ...course.reading(criteria[0]!.criterionId, 'baseline', '230'), corrects };
    const moved = assessor.recordObservation({ params, body: late });
    await expect(moved).rejects.toMatchObject(refused('observation-unknown'));
    await assessor.recordObservation({ params, body: { ...body, value: '242', corrects } });
    const { items } = await fixture.visitor.listObservations({ params });
    expect(items.map(({ value, correctedBy }) => [value, correctedBy !== null])).toEqual([
      ['240', true],
      ['242', false],
    ]);
  });

  it('corrects by adding, never by overwriting, and once', async () => {
    const { project: params, record } = await measuring();
    const { observationId } = await record({}, '3000');
    const corrected = await record({ corrects: observationId }, '300');
    await expect(record({ corrects: observationId })).rejects.toMatchObject(refused('already-corrected'));
    const { items } = await fixture.visitor.listObservations({ params });
    expect(items.map(({ value, correctedBy, corrects }) => [value, correctedBy, corrects])).toEqual([
      ['3000', corrected.observationId, null],
      ['300', null, observationId],
    ]);
    const draft = await fixture.visitor.draftAssessment({ params });
    expect(draft.criteria[0]).toMatchObject({ observed: '300.000000', observations: 1 });
  });
});

describe('a collection', () => {
  it('is complete once, when each criterion has its reading, and both sides where units are compared', async () => {
    const { record, measurementId, project } = await measuring([compared]);
    const told = async () =>
      (await fixture.facts('collection-complete')).filter(({ workflowId }) =>
        workflowId.endsWith(measurementId),
      );
    await record();
    expect(await told()).toHaveLength(0);
    await Promise.all([
      record({ group: 'comparison', unitName: 'Harju' }),
      record({ group: 'comparison', unitName: 'Rantala' }),
    ]);
    await record({ unitName: 'Second loop' });
    expect(await told()).toHaveLength(1);
    const shown = await fixture.visitor.getMeasurement({ params: { ...project, measurementId } });
    expect(shown.collections.map(({ missing }) => missing.length)).toEqual([0, 1]);
  });

  it('of baselines is complete before delivery', async () => {
    const { project: params, projectId, criteria } = await course.locked([unmeasured]);
    const { missing } = await fixture.worker.checkBaselines({ params: { projectId } });
    expect(missing).toEqual([criteria[0]!.criterionId]);
    const body = course.reading(criteria[0]!.criterionId, 'baseline', '240');
    await course.people.assessor.recordObservation({ params, body });
    expect(await fixture.worker.checkBaselines({ params: { projectId } })).toEqual({ missing: [] });
    const told = await fixture.facts('baselines-recorded');
    expect(told.map(({ workflowId }) => workflowId)).toContain(`project/${projectId}`);
  });
});

describe('a CSV of observations', () => {
  it('is imported whole, or not at all with the faulty lines', async () => {
    const { project: params, criterionId } = await measuring();
    const send = (body: string) => course.people.assessor.importObservations({ params, body });
    const faulty = [header, line(criterionId), line(criterionId, { value: '1,5' }), line(criterionId)].join(
      '\n',
    );
    await expect(send(faulty)).rejects.toMatchObject({
      code: 'csv-malformed',
      problem: { errors: [{ at: 'line.3' }] },
    });
    const wrong = [header, line(criterionId), line('crt-none'), line(criterionId, { unit: 'cars' })].join(
      '\r\n',
    );
    await expect(send(wrong)).rejects.toMatchObject({
      problem: {
        errors: [
          { at: 'line.3', message: 'criterion-unknown' },
          { at: 'line.4', message: 'wrong-unit' },
        ],
      },
    });
    await expect(send('a,b\n1,2')).rejects.toMatchObject({ problem: { errors: [{ at: 'line.1' }] } });
    await expect(send(header)).rejects.toMatchObject(refused('csv-malformed'));
    await expect(send(`${header}\n"open`)).rejects.toMatchObject(refused('csv-malformed'));
    expect((await fixture.visitor.listObservations({ params })).items).toEqual([]);
    const good = `\uFEFF${[header, line(criterionId), line(criterionId, { value: '310', at: second(2) })].join('\r\n')}\r\n`;
    expect(await send(good)).toEqual({ imported: 2 });
    const lead = course.people.lead.importObservations({ params, body: good });
    await expect(lead).rejects.toMatchObject(refused('team-member-measures'));
  });
});

describe('a series of counts', () => {
  it('is collected by period over the collections, and assessed against its earlier trend', async () => {
    const { failureBound: _bound, ...series } = { ...cyclists, periods: 'day' as const };
    const criterion: CriterionInput = { ...series, comparator: 'interrupted-time-series' };
    const { project: params, projectId, criteria } = await course.locked([criterion]);
    const { criterionId } = criteria[0]!;
    const first = Date.parse(second(0));
    const day = (after: number) => new Date(first + after * 86_400_000).toISOString().slice(0, 10);
    const count = (collection: string, after: number, value: number) =>
      `${criterionId},${collection},${second(0)},${value},cyclists,,,${day(after)}`;
    const send = (...lines: string[]) =>
      course.people.assessor.importObservations({ params, body: [header, ...lines].join('\n') });
    const missing = () => fixture.worker.checkBaselines({ params: { projectId } });
    await send(count('baseline', -6, 230), count('baseline', -5, 250));
    expect(await missing()).toEqual({ missing: [criterionId] });
    await send(...[-4, -3, -2].map((at) => count('baseline', at, 240)));
    expect(await missing()).toEqual({ missing: [] });
    await fixture.engine.step('project', projectId, { name: 'delivered', phase: 'measurement' });
    await fixture.worker.startMeasurement({ params: { projectId } });
    const early = send(count('c1', -2, 300));
    await expect(early).rejects.toMatchObject({ problem: { errors: [{ message: 'outside-calendar' }] } });
    await send(count('c1', -1, 300), count('c1', 0, 310));
    const draft = () => fixture.visitor.draftAssessment({ params });
    expect((await draft()).criteria[0]).toMatchObject({
      missing: true,
      note: 'at least 3 periods on each side are needed',
    });
    course.toSecondCollection();
    await expect(send(count('c2', 0, 290))).rejects.toMatchObject(refused('duplicate-observation'));
    await send(count('c2', 1, 320));
    const [result] = (await draft()).criteria;
    expect(result).toMatchObject({
      method: 'interrupted-time-series',
      n: 8,
      observed: '310.000000',
      missing: false,
    });
    expect(result!.computation.some((text) => text.startsWith('level change: '))).toBe(true);
  });

  it('is proposed with the length of its periods', async () => {
    const criterion: CriterionInput = { ...cyclists, comparator: 'interrupted-time-series' };
    await expect(course.proposed([criterion])).rejects.toMatchObject(refused('periods-missing'));
  });
});

describe('a data feed', () => {
  it('delivers with its own token, each reading once, until it is revoked', async () => {
    const { project, criterionId } = await measuring();
    const { assessor } = course.people;
    const call = { params: project, body: { criterionId, name: 'Loop' }, idempotencyKey: 'feed-of-the-loop' };
    const { feedId, token } = await assessor.createFeed(call);
    expect(await assessor.createFeed(call)).toEqual({ feedId, token: null });
    const stored = JSON.stringify(await fixture.connection.collection('operations').find().toArray());
    expect(stored).not.toContain(token);
    const device = createClient(projectsApi, { baseUrl: fixture.url });
    const { criterionId: __, ...reading } = course.reading(criterionId, 'c1', '301');
    const deliver = (given: string, ...refs: string[]) =>
      device.feedObservations({
        params: { ...M, feedId },
        body: {
          token: given,
          readings: refs.map((ref) => ({ ...reading, observedAt: second(Number(ref.slice(1))), ref })),
        },
      });
    await expect(deliver('x'.repeat(43), 'r1')).rejects.toMatchObject(refused('feed-token-wrong'));
    expect(await deliver(token!, 'r1', 'r2')).toEqual({ recorded: 2, repeated: 0 });
    expect(await deliver(token!, 'r2', 'r3')).toEqual({ recorded: 1, repeated: 1 });
    const at = (n: number, ref: string, value = '301') => ({ ...reading, observedAt: second(n), ref, value });
    const send = (...readings: ReturnType<typeof at>[]) =>
      device.feedObservations({ params: { ...M, feedId }, body: { token: token!, readings } });
    const offence = { code: 'ref-reused', problem: { errors: [{ at: 'body.readings.r2' }] } };
    await expect(send(at(4, 'r4'), at(2, 'r2', '999'))).rejects.toMatchObject(offence);
    await expect(send(at(2, 'r2'), at(5, 'r2'))).rejects.toMatchObject(offence);
    expect(await send(at(2, 'r2'), at(2, 'r2'))).toEqual({ recorded: 0, repeated: 2 });
    expect((await fixture.visitor.listObservations({ params: project })).items).toHaveLength(3);
    const astray = {
      params: { ...M, feedId },
      body: { token: token!, readings: [{ ...reading, unit: 'cars', ref: 'r9' }] },
    };
    await expect(device.feedObservations(astray)).rejects.toMatchObject(refused('wrong-unit'));
    await assessor.revokeFeed({ params: { ...M, feedId } });
    await expect(deliver(token!, 'r4')).rejects.toMatchObject(refused('feed-revoked'));
  });

  it('delivers CSV under the same refs as JSON, all lines or none', async () => {
    const { project: params, criterionId } = await measuring();
    const made = await course.people.assessor.createFeed({ params, body: { criterionId, name: 'Loop' } });
    const send = (token: string, ...lines: string[]) =>
      fixture.visitor.importFeedObservations({
        params: { ...M, feedId: made.feedId },
        body: { token, csv: [header.replace('criterion', 'ref'), ...lines].join('\n') },
      });
    const token = made.token!;
    const fed = (ref: string, at: number, value = '300') => line(ref, { at: second(at), value });
    await expect(send('x'.repeat(43), fed('r1', 1))).rejects.toMatchObject(refused('feed-token-wrong'));
    await expect(send(token, fed('r1', 1), fed('r2', 2, 'NaN'))).rejects.toMatchObject({
      code: 'csv-malformed',
      problem: { errors: [{ at: 'line.3' }] },
    });
    expect(await send(token, fed('r1', 1), fed('r2', 2))).toEqual({ recorded: 2, repeated: 0 });
    expect(await send(token, fed('r2', 2), fed('r3', 3))).toEqual({ recorded: 1, repeated: 1 });
    await expect(send(token, fed('r4', 4), fed('r5', 3))).rejects.toMatchObject({
      code: 'duplicate-observation',
      problem: { errors: [{ at: 'body.readings.r5' }] },
    });
    const { items } = await fixture.visitor.listObservations({ params });
    expect(items.map(({ via }) => via)).toEqual(['feed', 'feed', 'feed']);
  });

  /** A feed of somebody, and a delivery by it. */
  async function feedOf(owner: string) {
    const measured = await measuring();
    const assessor = await fixture.person(owner, 'assessor');
    const body = { criterionId: measured.criterionId, name: 'Loop' };
    const { feedId, token } = await assessor.createFeed({ params: measured.project, body });
    const { criterionId: _, ...reading } = course.reading(measured.criterionId, 'c1', '301');
    const deliver = (at: number) =>
      fixture.visitor.feedObservations({
        params: { ...M, feedId },
        body: { token: token!, readings: [{ ...reading, observedAt: second(at), ref: `r${at}` }] },
      });
    const recorded = async () =>
      (await fixture.visitor.listObservations({ params: measured.project })).items.length;
    return { ...measured, deliver, recorded };
  }

  it('delivers nothing any more once its owner is paid for the project', async () => {
    const { projectId, deliver, recorded } = await feedOf('per-owner');
    expect(await deliver(1)).toEqual({ recorded: 1, repeated: 0 });
    fixture.world.interested.set(projectId, ['per-owner']);
    fixture.passSeconds(61);
    await expect(deliver(2)).rejects.toMatchObject(refused('interested-party'));
    expect(await recorded()).toBe(1);
  });

  it('tries again where payments does not say who is paid, and loses nothing', async () => {
    const { deliver, recorded } = await feedOf('per-owner');
    fixture.world.whileAsked = async () => {
      throw new ServiceUnreachable('payments does not answer');
    };
    await expect(deliver(1)).rejects.toMatchObject({ code: 'unavailable', status: 503 });
    expect(await recorded()).toBe(0);
    fixture.world.whileAsked = async () => {};
    expect(await deliver(1)).toEqual({ recorded: 1, repeated: 0 });
    expect(await recorded()).toBe(1);
  });

  it('asks payments once a minute at most', async () => {
    const { deliver } = await feedOf('per-owner');
    let asked = 0;
    fixture.world.whileAsked = async () => void (asked += 1);
    for (const at of [1, 2, 3]) await deliver(at);
    expect(asked).toBe(1);
    fixture.passSeconds(61);
    await deliver(4);
    expect(asked).toBe(2);
    fixture.world.whileAsked = async () => {};
  });

  it('delivers nothing when its owner was being assigned while they made it', async () => {
    const { project: params, criteria } = await course.locked();
    const { criterionId } = criteria[0]!;
    const both = await fixture.person('per-both', 'assessor', 'civil-servant');
    const civilServants = ['per-lead', 'per-both'].map((personId) => ({ personId, hours: 10 }));
    let feed = { feedId: '', token: '' as string | null };
    fixture.engine.whileSent = async () => {
      feed = await both.createFeed({ params, body: { criterionId, name: 'Loop' } });
    };
    await course.people.manager.assignStaff({ params, body: { lead: 'per-lead', civilServants } });
    fixture.engine.whileSent = async () => {};
    const { criterionId: __, ...reading } = course.reading(criterionId, 'baseline', '240');
    const body = { token: feed.token!, readings: [{ ...reading, ref: 'r1' }] };
    const delivered = fixture.visitor.feedObservations({ params: { ...M, feedId: feed.feedId }, body });
    await expect(delivered).rejects.toMatchObject(refused('team-member-measures'));
  });

  it('is for a criterion of the project', async () => {
    const { project: params } = await measuring();
    const create = course.people.assessor.createFeed({
      params,
      body: { criterionId: 'crt-none', name: 'Loop' },
    });
    await expect(create).rejects.toMatchObject(refused('criterion-unknown'));
  });
});

describe('side effects', () => {
  it('are reported by anyone signed in, and pointed by an assessor outside the team before signing', async () => {
    const { project: params, projectId } = await measuring();
    const body = { direction: 'bad' as const, title: 'The ramp is blocked', evidence: 'Eight photographs.' };
    const traveller = await fixture.elsewhere('per-traveller');
    const { sideEffectId } = await traveller.reportSideEffect({ params, body });
    await expect(
      fixture.visitor.reportSideEffect({ params, body, idempotencyKey: 'anonymous-key' }),
    ).rejects.toMatchObject(refused('unauthenticated'));
    const point = { params: { ...M, sideEffectId }, body: { points: '-0.1', reason: 'Serious.' } };
    const assessingChampion = await fixture.person('per-champion', 'assessor');
    await expect(assessingChampion.proposePoints(point)).rejects.toMatchObject(refused('assessor-on-team'));
    await course.people.assessor.proposePoints(point);
    await fixture.engine.step('project', projectId, { name: 'measured', phase: 'assessment' });
    const draft = await fixture.visitor.draftAssessment({ params });
    expect(draft.sideEffects).toMatchObject([{ sideEffectId, points: '-0.1' }]);
    const sign = { params, body: { draftSha256: draft.sha256, conclusion: 'As measured.' } };
    await course.people.assessor.signAssessment(sign);
    await expect(course.people.assessor.proposePoints(point)).rejects.toMatchObject(
      refused('points-settled'),
    );
  });

  it('are reported once there is something to observe', async () => {
    const { project: params } = await course.proposed();
    const body = { direction: 'good' as const, title: 'Hope', evidence: 'None yet.' };
    await expect(course.people.resident.reportSideEffect({ params, body })).rejects.toMatchObject(
      refused('wrong-phase'),
    );
  });
});

describe('closing a measurement', () => {
  it('is for an assessor outside the team', async () => {
    const { measurementId } = await measuring();
    const params = { ...M, measurementId };
    const body = { reason: 'The school moved.' };
    const assessingChampion = await fixture.person('per-champion', 'assessor');
    await expect(assessingChampion.closeMeasurement({ params, body })).rejects.toMatchObject(
      refused('assessor-on-team'),
    );
    await course.people.assessor.closeMeasurement({ params, body });
    expect(fixture.engine.commands.at(-1)).toMatchObject({ kind: 'measurement', lifecycleId: measurementId });
  });
});
