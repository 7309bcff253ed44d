import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
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

  it('is final once neither an objection nor an appeal against the bonus can change it', async () => {
    const { params, projectId } = await assessable();
    const { sha256: draftSha256 } = await fixture.visitor.draftAssessment({ params });
    await course.people.assessor.signAssessment({ params, body: { draftSha256, conclusion } });
    const isFinal = async () => (await fixture.visitor.getAssessment({ params })).final;
    expect(await isFinal()).toBe(false);
    await course.people.resident.objectToAssessment({ params, body: { reason: 'It rained that day.' } });
    expect(await isFinal()).toBe(false);
    await fixture.engine.step('project', projectId, { name: 'window-closed', phase: 'bonus-vote' });
    expect(await isFinal()).toBe(false);
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

describe('the points of a side effect', () => {
  /** Something that happened, a signature of the draft as it is now, and points that another assessor proposes. */
  async function pointed() {
    const { params } = await assessable();
    const { assessor, resident } = course.people;
    const effect = { direction: 'good' as const, title: 'Calm', evidence: 'Less noise.' };
    const { sideEffectId } = await resident.reportSideEffect({ params, body: effect });
    const second = await fixture.person('per-second-assessor', 'assessor');
    const propose = (points: string) =>
      second.proposePoints({ params: { ...M, sideEffectId }, body: { points, reason: 'Heard.' } });
    const draft = () => fixture.visitor.draftAssessment({ params });
    const sign = (draftSha256: string, idempotencyKey?: string) =>
      assessor.signAssessment({
        params,
        body: { draftSha256, conclusion },
        ...(idempotencyKey && { idempotencyKey }),
      });
    const shown = async () => (await fixture.visitor.listSideEffects({ params })).items[0]!.points;
    return { params, propose, draft, sign, shown };
  }
  /** What a proposal hears while the signature is on its way. */
  async function whileSigning(propose: () => Promise<unknown>, sign: () => Promise<unknown>) {
    let heard = null as string | null;
    fixture.engine.whileSent = async () => {
      heard = await propose().then(
        () => 'taken',
        (error: { code: string }) => error.code,
      );
    };
    const [signed] = await Promise.allSettled([sign()]);
    fixture.engine.whileSent = async () => {};
    return { heard, signed: signed!.status };
  }

  it('are refused while a signature is on its way, and settled once it is there', async () => {
    const { propose, draft, sign, shown } = await pointed();
    await propose('0.1');
    const { sha256 } = await draft();
    const met = await whileSigning(
      () => propose('0.2'),
      () => sign(sha256),
    );
    expect(met).toEqual({ heard: 'being-signed', signed: 'fulfilled' });
    expect(await shown()).toBe('0.1');
    await expect(propose('0.2')).rejects.toMatchObject(refused('points-settled'));
  });

  it('are open again after a signature was refused', async () => {
    const { propose, draft, sign, shown } = await pointed();
    const { sha256 } = await draft();
    fixture.engine.refuseWith = 'wrong-phase';
    const met = await whileSigning(
      () => propose('0.2'),
      () => sign(sha256),
    );
    expect(met).toEqual({ heard: 'being-signed', signed: 'rejected' });
    await propose('0.2');
    expect(await shown()).toBe('0.2');
    await expect(sign(sha256)).rejects.toMatchObject(refused('draft-changed'));
  });

  it('wait for a signature of which nobody knows the outcome, until it is repeated', async () => {
    const { params, propose, draft, sign } = await pointed();
    await propose('0.1');
    const { sha256 } = await draft();
    fixture.engine.failWith = new WorkflowUpdateRPCTimeoutOrCancelledError('no answer');
    await expect(sign(sha256, 'signed-without-answer')).rejects.toMatchObject(refused('outcome-unknown'));
    await expect(propose('0.2')).rejects.toMatchObject(refused('being-signed'));
    await sign(sha256, 'signed-without-answer');
    expect((await fixture.visitor.getAssessment({ params })).draft.sideEffects).toMatchObject([
      { points: '0.1' },
    ]);
    await course.people.resident.objectToAssessment({ params, body: { reason: 'It rained that day.' } });
    await course.people.appealBody.decideAppeal({ params, body: { upheld: true, reason: 'It did.' } });
    await propose('0.2');
  });

  /** A signature that times out, and is never repeated under its key. */
  async function unanswered(sign: (sha256: string) => Promise<unknown>, sha256: string) {
    fixture.engine.failWith = new WorkflowUpdateRPCTimeoutOrCancelledError('no answer');
    await expect(sign(sha256)).rejects.toMatchObject(refused('outcome-unknown'));
    return fixture.engine.unanswered.at(-1)!;
  }

  it('are open after an upheld objection, though a signature of long ago was never answered', async () => {
    const { params, propose, draft, sign, shown } = await pointed();
    await propose('0.1');
    const { sha256 } = await draft();
    await unanswered(sign, sha256);
    await sign(sha256);
    await course.people.resident.objectToAssessment({ params, body: { reason: 'It rained that day.' } });
    await course.people.appealBody.decideAppeal({ params, body: { upheld: true, reason: 'It did.' } });
    await propose('0.2');
    expect(await shown()).toBe('0.2');
  });

  it('wait no longer than ten minutes for a signer who never asks again', async () => {
    const { propose, draft, sign } = await pointed();
    await unanswered(sign, (await draft()).sha256);
    fixture.passSeconds(9 * 60);
    await expect(propose('0.2')).rejects.toMatchObject(refused('being-signed'));
    fixture.passSeconds(2 * 60);
    await propose('0.2');
    expect((await sign((await draft()).sha256)).sha256).toBeTruthy();
  });

  it('are as they were signed, though others were proposed before that signature was taken in', async () => {
    const { params, propose, draft, sign, shown } = await pointed();
    await propose('0.1');
    const { sha256 } = await draft();
    const { lifecycleId, command } = await unanswered(sign, sha256);
    fixture.passSeconds(11 * 60);
    await propose('0.2');
    await fixture.engine.step('project', lifecycleId, { name: command.name, command });
    expect(await shown()).toBe('0.1');
    const { draft: signed } = await fixture.visitor.getAssessment({ params });
    expect(signed).toMatchObject({ sha256, sideEffects: [{ points: '0.1' }] });
  });

  it('either are in what is signed or are refused, however the two meet', async () => {
    const { params, propose, draft, sign, shown } = await pointed();
    for (const [round, points] of ['0.1', '0.2', '0.3', '0.4', '0.5', '0.6'].entries()) {
      const { sha256, sideEffects } = await draft();
      const before = sideEffects[0]?.points ?? null;
      const [signed, proposed] = await Promise.allSettled([sign(sha256), propose(points)]);
      expect([signed.status, proposed.status].toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(await shown()).toBe(proposed.status === 'fulfilled' ? points : before);
      if (signed.status === 'rejected') continue;
      const reason = `Round ${round}.`;
      await course.people.resident.objectToAssessment({ params, body: { reason } });
      await course.people.appealBody.decideAppeal({ params, body: { upheld: true, reason } });
    }
  });
});
