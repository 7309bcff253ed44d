import { createClient } from '@talkoot/api-contracts';
import { MOST_IN_COLLECTION, projectsApi } from '@talkoot/api-contracts/projects';
import type { CriterionInput } from '@talkoot/api-contracts/projects';
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
const reason = 'The token stood in a public repository.';

/** A measured project with a feed of one assessor; another one looks at what it delivered. */
async function fed(criteria: CriterionInput[] = [cyclists]) {
  const measured = await course.delivered(criteria);
  const { project: params, projectId, measurementId } = measured;
  const { criterionId } = measured.criteria[0]!;
  const owner = await fixture.person('per-feeder', 'assessor');
  const { feedId, token } = await owner.createFeed({ params, body: { criterionId, name: 'Loop' } });
  let made = 0;
  const readings = (...values: string[]) =>
    values.map((value) => {
      const { criterionId: _, ...reading } = course.reading(criterionId, 'c1', value);
      return { ...reading, ref: `r${(made += 1)}` };
    });
  const send = (sent: ReturnType<typeof readings>) =>
    fixture.visitor.feedObservations({ params: { ...M, feedId }, body: { token: token!, readings: sent } });
  const deliver = (...values: string[]) => send(readings(...values));
  const other = course.people.assessor;
  const withdraw = (as = other, since?: string) =>
    as.withdrawFeedReadings({ params: { ...M, feedId }, body: { reason, ...(since && { since }) } });
  const listed = async () => (await fixture.visitor.listObservations({ params })).items;
  const draft = () => fixture.visitor.draftAssessment({ params });
  const record = (value: string, corrects?: string) =>
    other.recordObservation({
      params,
      body: { ...course.reading(criterionId, 'c1', value), ...(corrects && { corrects }) },
    });
  const missing = async () =>
    (await fixture.visitor.getMeasurement({ params: { ...M, measurementId } })).collections[0]!.missing;
  const sign = (draftSha256: string) =>
    other.signAssessment({ params, body: { draftSha256, conclusion: 'Measured as planned.' } });
  const measuredStep = () =>
    fixture.engine.step('project', projectId, { name: 'measured', phase: 'assessment' });
  return {
    ...{ params, projectId, criterionId, feedId, owner, other, readings, send, deliver, withdraw },
    ...{ listed, draft, record, missing, sign, measuredStep },
  };
}

describe('withdrawing what a feed delivered', () => {
  it('takes it out of the estimate, keeps it readable with the reason, and shows what is missing', async () => {
    const { criterionId, feedId, deliver, withdraw, listed, draft, missing } = await fed();
    await deliver('900', '901');
    expect(await missing()).toEqual([]);
    const before = await draft();
    const { withdrawalId, readings } = await withdraw();
    expect(readings).toBe(2);
    const items = (await listed()).toSorted((a, b) => a.value.localeCompare(b.value));
    const withdrawn = { withdrawalId, reason: { sha256: expect.any(String) } };
    expect(items).toMatchObject([
      { value: '900', feedId, correctedBy: null, withdrawn },
      { value: '901', feedId, correctedBy: null, withdrawn },
    ]);
    const after = await draft();
    expect(after.sha256).not.toBe(before.sha256);
    expect(after.criteria[0]).toMatchObject({
      missing: true,
      observations: 0,
      missingCollections: ['c1', 'c2'],
    });
    expect(await missing()).toEqual([criterionId]);
    await expect(deliver('902')).rejects.toMatchObject(refused('feed-revoked'));
    await expect(withdraw()).rejects.toMatchObject(refused('nothing-to-withdraw'));
  });

  it('leaves what was received before an instant, what others recorded, and what others corrected', async () => {
    const { deliver, withdraw, listed, draft, record } = await fed();
    await deliver('300', '3000');
    const wrong = (await listed()).find(({ value }) => value === '3000')!;
    await record('302', wrong.observationId);
    fixture.pass(1);
    const since = fixture
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
    await deliver('900');
    await record('301');
    expect(await withdraw(undefined, since)).toMatchObject({ readings: 1 });
    const standing = (await listed()).filter((one) => !one.withdrawn && !one.correctedBy);
    expect(standing.map(({ value }) => value).toSorted()).toEqual(['300', '301', '302']);
    expect((await draft()).criteria[0]).toMatchObject({ observed: '301.000000', observations: 3 });
  });

  it('lets the same be measured again, and a single reading be restated by a correction', async () => {
    const { readings, send, withdraw, other, params, criterionId, listed, record, missing } = await fed();
    const [first, second] = readings('900', '300');
    await send([first!, second!]);
    await withdraw();
    const { ref: _, ...reading } = first!;
    await other.recordObservation({ params, body: { ...reading, criterionId, value: '310' } });
    const known = (await listed()).find(({ value }) => value === '300')!;
    await record('300', known.observationId);
    expect(await missing()).toEqual([]);
    const standing = (await listed()).filter((one) => !one.withdrawn && !one.correctedBy);
    expect(standing.map(({ value }) => value).toSorted()).toEqual(['300', '310']);
  });

  it('is for an assessor without interest who did not make the feed; a refusal changes nothing', async () => {
    const { deliver, withdraw, listed, owner, projectId } = await fed();
    await deliver('300');
    await expect(withdraw(owner)).rejects.toMatchObject(refused('own-feed'));
    const champion = await fixture.person('per-champion', 'assessor');
    await expect(withdraw(champion)).rejects.toMatchObject(refused('assessor-on-team'));
    const paid = await fixture.person('per-contractor', 'assessor');
    fixture.world.interested.set(projectId, ['per-contractor']);
    await expect(withdraw(paid)).rejects.toMatchObject(refused('interested-party'));
    expect((await listed()).map(({ withdrawn }) => withdrawn)).toEqual([null]);
    expect(await deliver('301')).toEqual({ recorded: 1, repeated: 0 });
  });

  it('counts as measuring: whoever did it gains nothing from the project', async () => {
    const { deliver, withdraw, projectId } = await fed();
    await deliver('300');
    await withdraw(await fixture.person('per-withdrawer', 'assessor'));
    const { pilotId } = await fixture.visitor.getProject({ params: { ...M, projectId } });
    const payments = createClient(projectsApi, {
      baseUrl: fixture.url,
      token: () => fixture.tokens.serviceToken('payments', 'projects'),
    });
    const { personIds } = await payments.findMeasurers({
      params: { pilotId },
      body: { projectId, personIds: ['per-withdrawer', 'per-nobody'] },
    });
    expect(personIds).toEqual(['per-withdrawer']);
  });

  it('makes a draft that was read before it unsignable', async () => {
    const { deliver, withdraw, draft, record, sign, measuredStep } = await fed();
    await record('300');
    await deliver('900');
    await measuredStep();
    const { sha256 } = await draft();
    await withdraw();
    await expect(sign(sha256)).rejects.toMatchObject(refused('draft-changed'));
    expect(await sign((await draft()).sha256)).toMatchObject({ assessmentId: expect.any(String) });
  });

  it('is refused while an assessment is signed and after it, and possible again while it is made again', async () => {
    const { deliver, withdraw, draft, params, projectId, sign, measuredStep, listed } = await fed();
    await deliver('280', '900');
    await measuredStep();
    const { sha256 } = await draft();
    let meanwhile: unknown;
    fixture.engine.whileSent = async () => {
      meanwhile = await withdraw().catch((error: unknown) => error);
    };
    await sign(sha256);
    fixture.engine.whileSent = async () => {};
    expect(meanwhile).toMatchObject(refused('being-signed'));
    await expect(withdraw()).rejects.toMatchObject(refused('already-assessed'));
    await fixture.engine.step('project', projectId, { name: 'objection-closed', phase: 'bonus-vote' });
    await expect(withdraw()).rejects.toMatchObject(refused('already-assessed'));
    expect((await listed()).map(({ withdrawn }) => withdrawn)).toEqual([null, null]);
    await course.people.resident.appeal({ params, body: { reason } });
    await course.people.appealBody.decideAppeal({ params, body: { upheld: true, reason } });
    await fixture.engine.step('project', projectId, { name: 'appeal-decided', phase: 'assessment' });
    expect(await withdraw()).toMatchObject({ readings: 2 });
  });
});

describe('a feed that floods a collection', () => {
  it('is refused from the most on; what was taken before stays, and repeating it is still answered', async () => {
    const { feedId, projectId, criterionId, readings, send, listed } = await fed();
    const [first, last, above] = readings('300', '301', '302');
    await send([first!]);
    const earlier = Array.from({ length: MOST_IN_COLLECTION - 2 }, (_, at) => ({
      ...{ _id: `obs-${feedId}-${at}` as never, projectId, criterionId, readingKey: `${feedId}/${at}` },
      ...{ collection: 'c1', recordedBy: feedId, correctedBy: 'obs-later', withdrawnBy: null },
    }));
    await fixture.connection.collection('observations').insertMany(earlier);
    const { length } = await listed();
    await expect(send([last!, above!])).rejects.toMatchObject({
      code: 'too-many-readings',
      problem: { errors: [{ at: 'collections.c1' }] },
    });
    expect(await listed()).toHaveLength(length);
    expect(await send([last!])).toEqual({ recorded: 1, repeated: 0 });
    await expect(send([above!])).rejects.toMatchObject(refused('too-many-readings'));
    expect(await send([first!, last!])).toEqual({ recorded: 0, repeated: 2 });
  });
});
