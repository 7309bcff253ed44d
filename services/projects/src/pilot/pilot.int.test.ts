import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { courseOf } from '../course.fixture.ts';
import { charter, eur, M, projectsFixture, proposal } from '../projects.fixture.ts';
import type { Fixture } from '../projects.fixture.ts';

let fixture: Fixture;
let course: Awaited<ReturnType<typeof courseOf>>;

beforeAll(async () => {
  fixture = await projectsFixture(inject('mongodbUrl'));
  course = await courseOf(fixture);
});
afterAll(() => fixture.stop());

const refused = (code: string) => ({ code });
const endless = {
  rule: 'equal-shares',
  completion: 'add1',
  increment: 1,
  exhaustiveStop: true,
  comparison: false,
};
const draft = (changes: object) =>
  course.people.sponsor.draftPilot({ params: M, body: { name: 'P', charter: { ...charter, ...changes } } });

describe('drafting a pilot', () => {
  it.each([
    ['charter-shares', { funds: { round: '4/5', bonus: '1/5', outcome: '1/20' } }],
    ['charter-calendar', { calendar: { ...charter.calendar, 'project.nap': { duration: 'P1D' } } }],
    ['charter-zone', { timeZone: 'Europe/Atlantis' }],
    ['charter-currency', { projectCap: { amount: 1, currency: 'SEK' } }],
    ['charter-bounds', { threshold: '3/2' }],
    ['charter-bounds', { threshold: '1/0' }],
    ['charter-bounds', { electorate: { minimumAge: 0, districts: ['Harju, upper'] } }],
    ['charter-allocation', { allocation: endless, projectCap: { amount: 20_000_000, currency: 'EUR' } }],
    ['charter-ballot', { ballot: { ...charter.ballot, points: 10 } }],
    ['charter-poll', { poll: { ...charter.poll, threshold: 4 } }],
    ['charter-calendar', { endsBy: 'calendar' }],
  ])('refuses a charter by which no pilot could run: %s', async (code, changes) => {
    await expect(draft(changes)).rejects.toMatchObject(refused(code));
  });

  it('answers a repeated request the same and makes nothing twice', async () => {
    const { sponsor } = course.people;
    const body = { name: 'Twice', charter };
    const call = { params: M, body, idempotencyKey: 'the-same-key' };
    expect(await sponsor.draftPilot(call)).toEqual(await sponsor.draftPilot(call));
    const other = { ...call, body: { ...body, name: 'Other' } };
    await expect(sponsor.draftPilot(other)).rejects.toMatchObject(refused('idempotency-key-reused'));
  });

  it('lets the charter be changed while it is drafted, and only by whoever read the latest', async () => {
    const { params, charterSha256 } = await course.draftedPilot();
    const edit = (ifMatch: string) =>
      course.people.sponsor.editCharter({
        params,
        ifMatch,
        body: { charter: { ...charter, purpose: 'Another.' } },
      });
    const edited = await edit('"v1"');
    expect(edited.version).toBe(2);
    expect(edited.charterSha256).not.toBe(charterSha256);
    await expect(edit('"v1"')).rejects.toMatchObject(refused('stale-edit'));
    const { sponsor } = course.people;
    await expect(sponsor.sponsorPilot({ params, body: { charterSha256 } })).rejects.toMatchObject(
      refused('hash-mismatch'),
    );
    await sponsor.sponsorPilot({ params, body: { charterSha256: edited.charterSha256 } });
    await expect(edit('"v2"')).rejects.toMatchObject(refused('charter-frozen'));
  });
});

describe('permission', () => {
  const body = (charterSha256: string, changes: object = {}) => ({
    charterSha256,
    grant: { amount: eur(150_000_00) },
    expiresAt: '2035-01-01T00:00:00.000Z',
    fiscalYear: 2027,
    ...changes,
  });
  it.each([
    ['hash-mismatch', { charterSha256: '0'.repeat(64) }],
    ['permission-expired', { expiresAt: '2020-01-01T00:00:00.000Z' }],
    ['permission-empty', { grant: { share: '0', adoptedBudget: eur(100) } }],
    ['permission-empty', { grant: { share: '1/0', adoptedBudget: eur(100) } }],
    ['currency-differs', { grant: { amount: { amount: 1, currency: 'SEK' } } }],
  ])('is refused with %s and changes nothing', async (code, changes) => {
    const { params, charterSha256 } = await course.draftedPilot();
    const permit = course.people.authority.permitPilot({ params, body: body(charterSha256, changes) });
    await expect(permit).rejects.toMatchObject(refused(code));
    expect((await fixture.visitor.getPilot({ params })).permission).toBeNull();
  });

  it('grants a share of the adopted budget, and never more than the cap', async () => {
    const { params, charterSha256 } = await course.draftedPilot();
    const grant = { share: '0.02', adoptedBudget: eur(7_500_000_99) };
    await course.people.authority.permitPilot({ params, body: body(charterSha256, { grant }) });
    const { permission } = await fixture.visitor.getPilot({ params });
    expect(permission).toMatchObject({ limit: eur(150_000_01), charterSha256 });
    const capped = await course.draftedPilot();
    const under = body(capped.charterSha256, { grant, cap: eur(99_000_00) });
    await course.people.authority.permitPilot({ params: capped.params, body: under });
    const shown = await fixture.visitor.getPilot({ params: capped.params });
    expect(shown.permission?.limit).toEqual(eur(99_000_00));
  });

  it('is refused by the lifecycle with its own code', async () => {
    const { params, charterSha256 } = await course.draftedPilot();
    fixture.engine.refuseWith = 'same-person-twice';
    const permit = course.people.authority.permitPilot({ params, body: body(charterSha256) });
    await expect(permit).rejects.toMatchObject(refused('same-person-twice'));
  });

  it('publishes the reason of a refusal, and the appeal against it', async () => {
    const { params } = await course.draftedPilot();
    await course.people.authority.refusePilot({ params, body: { reason: 'No money this year.' } });
    await course.people.sponsor.appealPilotRefusal({ params, body: { reason: 'There is.' } });
    await course.people.appealBody.decidePilotAppeal({
      params,
      body: { upheld: true, reason: 'There is indeed.' },
    });
    const { reasons } = await fixture.visitor.getPilot({ params });
    expect(reasons.map(({ step }) => step)).toEqual(['refuse', 'appeal', 'decide-appeal']);
    const text = await fixture.visitor.getText({ params: { ...M, textId: reasons[0]!.text.id } });
    expect(text.text).toBe('No money this year.');
  });
});

describe('an amendment', () => {
  it('is in force once it is counter-signed, under the hash that was read', async () => {
    const { params } = await course.runningPilot();
    const { sponsor, authority } = course.people;
    const amended = { ...charter, threshold: '1/10' };
    const proposed = await sponsor.proposeAmendment({
      params,
      body: { charter: amended, reason: 'Too easy.' },
    });
    expect((await fixture.visitor.getPilot({ params })).charter.threshold).toBe('1/20');
    const { amendmentId, charterSha256 } = proposed;
    const sign = (sha256: string) =>
      authority.countersignAmendment({ params: { ...params, amendmentId }, body: { charterSha256: sha256 } });
    await expect(sign('0'.repeat(64))).rejects.toMatchObject(refused('hash-mismatch'));
    await sign(charterSha256);
    expect((await fixture.visitor.getPilot({ params })).charter.threshold).toBe('1/10');
    await expect(sign(charterSha256)).rejects.toMatchObject(refused('already-decided'));
    const { items } = await fixture.visitor.listAmendments({ params });
    expect(items).toMatchObject([{ amendmentId, state: 'in-force' }]);
  });

  it('leaves alone what permission and rolls rest on', async () => {
    const { params } = await course.runningPilot();
    const amended = { ...charter, electorate: { minimumAge: 18, districts: [] } };
    const propose = course.people.sponsor.proposeAmendment({
      params,
      body: { charter: amended, reason: 'Older.' },
    });
    await expect(propose).rejects.toMatchObject(refused('amendment-untouchable'));
  });
});

describe('rounds of a pilot', () => {
  const open = (params: { municipalityId: string; pilotId: string }, euros: number) =>
    course.people.sponsor.openRound({ params, body: { name: 'R', budget: { amount: eur(euros * 100) } } });

  it('are not opened without permission', async () => {
    const { params } = await course.draftedPilot();
    await expect(open(params, 10)).rejects.toMatchObject(refused('permission-needed'));
  });

  it('never promise more than the round fund holds, not even at once', async () => {
    const { params } = await course.runningPilot();
    const opened = await Promise.allSettled([
      open(params, 60_000),
      open(params, 60_000),
      open(params, 30_000),
    ]);
    const budgets = opened.map((one) => (one.status === 'fulfilled' ? one.value.budget.amount : 0));
    expect(budgets.reduce((a, b) => a + b)).toBeLessThanOrEqual(100_000_00);
    await expect(open(params, 50_000)).rejects.toMatchObject(refused('round-over-budget'));
    const { items } = await fixture.visitor.listRounds({ params: M, query: { pilotId: params.pilotId } });
    expect(items.length).toBe(budgets.filter((one) => one > 0).length);
  });

  it('give the money back when the lifecycle refuses them', async () => {
    const { params } = await course.runningPilot();
    fixture.engine.refuseWith = 'not-awaited';
    await expect(open(params, 100_000)).rejects.toMatchObject(refused('not-awaited'));
    expect((await open(params, 100_000)).budget).toEqual(eur(100_000_00));
  });
});

describe('the end of a pilot', () => {
  it('waits for its projects and is published with a report', async () => {
    const { params, projectId } = await course.proposed().then((one) => ({ ...one, params: one.params }));
    const conclude = () => course.people.sponsor.concludePilot({ params, body: { report: 'It went well.' } });
    await expect(conclude()).rejects.toMatchObject(refused('projects-open'));
    await fixture.engine.step('project', projectId, { name: 'lapsed', phase: 'lapsed' });
    await conclude();
    const { phase, report } = await fixture.visitor.getPilot({ params });
    expect(phase).toBe('concluded');
    const text = await fixture.visitor.getText({ params: { ...M, textId: report!.id } });
    expect(text).toMatchObject({ text: 'It went well.', purpose: 'evaluation-report' });
  });

  it('compares staffing with ordinary projects', async () => {
    const { params } = await course.draftedPilot();
    for (const daysToStaff of [10, 30]) {
      const body = { name: 'Road', daysToStaff, civilServantHours: 90, allHours: 100 };
      await course.people.manager.recordOrdinaryProject({ params, body });
    }
    const { equalTreatment } = await fixture.visitor.getEvaluation({ params });
    expect(equalTreatment.daysToStaff.ordinaryProjects).toEqual({ median: 20, projects: 2 });
    expect(equalTreatment.civilServantHoursShare.ordinaryProjects).toBe('9/10');
  });
});

describe('another municipality', () => {
  it('sees and touches nothing', async () => {
    const { pilotId } = await course.draftedPilot();
    const params = { municipalityId: 'muualla', pilotId };
    await expect(fixture.visitor.getPilot({ params })).rejects.toMatchObject(refused('not-found'));
    const stranger = await fixture.elsewhere('per-x', 'sponsor', 'resident');
    await expect(stranger.endRounds({ params })).rejects.toMatchObject(refused('not-found'));
    await expect(stranger.endRounds({ params: { ...M, pilotId } })).rejects.toMatchObject(
      refused('forbidden'),
    );
    const { round } = await course.openRound();
    await expect(
      stranger.propose({ params: { ...round, municipalityId: 'muualla' }, body: proposal() }),
    ).rejects.toMatchObject(refused('not-found'));
  });
});
