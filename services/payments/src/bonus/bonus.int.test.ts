import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  bonusTerms,
  commit,
  euros,
  key,
  member,
  municipalityId,
  openFunds,
  paymentsFixture,
  team,
  vote,
} from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import type { BonusTerms, Team } from '../context.ts';

let fixture: PaymentsFixture;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
});
afterAll(() => fixture.stop());

const params = { municipalityId };
let made = 0;

/** A funded project of 10,000.00 with a pool of 1,000.00. */
async function funded(change: { readonly team?: Team; readonly rules?: Partial<BonusTerms['rules']> } = {}) {
  made += 1;
  const [pilotId, projectId] = [`pil-b${made}`, `prj-b${made}`];
  await openFunds(fixture, pilotId);
  await commit(fixture, pilotId, projectId);
  if (change.team) fixture.teams.set(projectId, change.team);
  fixture.terms.set(projectId, { ...bonusTerms, rules: { ...bonusTerms.rules, ...change.rules } });
  const body = { municipalityId, pilotId };
  return {
    projectId,
    decide: (changes: object = {}) =>
      fixture.worker.decideBonus({ params: { projectId }, body: { ...body, ...vote, ...changes } }),
    split: () => fixture.worker.createObligations({ params: { projectId }, body }),
    owed: async () => {
      const { items } = await fixture.clerk.listObligations({ params, query: { projectId, limit: 200 } });
      return Object.fromEntries(items.map((one) => [one.payeeId, one.amount.amount]));
    },
    bonusFund: async () => {
      const { funds } = await fixture.anyone.getPilotFunds({ params: { ...params, pilotId } });
      return funds.find(({ fund }) => fund === 'bonus')!;
    },
    close: () => fixture.worker.releaseProject({ params: { projectId }, body: { what: 'everything' } }),
  };
}

describe('a bonus', () => {
  it('is decided by the rules that were locked, not by what a charter says later', async () => {
    const { projectId, decide } = await funded({ rules: { slope: '1/2' } });
    expect(await decide()).toMatchObject({ payable: euros(30_000) });
    fixture.terms.set(projectId, { ...bonusTerms, rules: { ...bonusTerms.rules, slope: '1' } });
    expect(await decide()).toMatchObject({ payable: euros(30_000) });
  });

  it('begins at the threshold and ends at the cap', async () => {
    const below = await funded({ rules: { scoreThreshold: '3/5' } });
    expect(await below.decide({ score: '599/1000' })).toMatchObject({ payable: euros(0) });
    const at = await funded({ rules: { scoreThreshold: '3/5' } });
    expect(await at.decide()).toMatchObject({ payable: euros(60_000) });
    const above = await funded({ rules: { cap: '1/4' } });
    expect(await above.decide()).toMatchObject({ payable: euros(25_000) });
  });

  it('counts blanks for the quorum only, of the frozen roll rounded up, and takes the lower median', async () => {
    const { decide } = await funded({ rules: { quorum: '1/10' } });
    const shares = [
      { percent: 20, ballots: 2 },
      { percent: 90, ballots: 2 },
    ];
    const decided = await decide({ roll: 101, ballots: 11, shares });
    expect(decided).toMatchObject({ payable: euros(12_000) });
    expect(decided.computation).toContain('quorum: 11 ballots, ⌈0.1 × 101⌉ = 11 needed = reached');
    const short = await funded({ rules: { quorum: '1/10' } });
    expect(await short.decide({ roll: 101, ballots: 10, shares })).toMatchObject({ payable: euros(0) });
  });

  it('pays what the charter says without a quorum', async () => {
    const rules = { quorum: '1', withoutQuorum: 'pay-default-share', defaultShare: 40 } as const;
    expect(await (await funded({ rules })).decide()).toMatchObject({ payable: euros(24_000) });
  });

  it('comes from the bonus fund, and what it does not pay goes back there', async () => {
    const project = await funded();
    expect(await project.bonusFund()).toMatchObject({
      available: euros(8_900_000),
      setAside: euros(100_000),
    });
    await project.decide();
    await project.split();
    await project.close();
    expect(await project.bonusFund()).toMatchObject({ available: euros(8_940_000), used: euros(60_000) });
  });
});

describe('a bonus after an upheld appeal', () => {
  const assessment = {
    assessmentId: 'asm-2',
    sha256: 'b'.repeat(64),
    appeal: { id: 'txt-upheld', sha256: 'e'.repeat(64) },
  };
  const corrected = { assessment, score: '1/2' };

  it('is decided again on the corrected assessment, and the former decision stays on record', async () => {
    const { projectId, decide } = await funded();
    const first = await decide();
    const second = await decide(corrected);
    expect(second).toMatchObject({ payable: euros(50_000), supersedes: first.decisionId });
    expect(await decide(corrected)).toEqual(second);
    const { current, superseded } = await fixture.anyone.getBonus({ params: { ...params, projectId } });
    expect(current).toMatchObject({
      ...{ decisionId: second.decisionId, number: 2, assessment, payable: euros(50_000) },
      ...{ supersedes: first.decisionId, supersededBy: null },
    });
    expect(superseded).toMatchObject([
      { decisionId: first.decisionId, number: 1, payable: euros(60_000), supersededBy: second.decisionId },
    ]);
    const told = { projectId, decisionId: second.decisionId, assessmentId: 'asm-2' };
    expect(await decisionsTold(projectId)).toMatchObject([
      { supersedes: null, assessmentId: 'asm-1', score: '0.600000' },
      { ...told, supersedes: first.decisionId, score: '0.500000' },
    ]);
  });

  it('is decided anew even where the corrected assessment comes to the same', async () => {
    const { decide } = await funded();
    const first = await decide();
    expect(await decide({ assessment })).toMatchObject({
      payable: euros(60_000),
      supersedes: first.decisionId,
    });
  });

  it('takes nothing back when an old call comes late', async () => {
    const { projectId, decide } = await funded();
    const first = await decide();
    await decide(corrected);
    expect(await decide()).toEqual(first);
    const { current } = await fixture.anyone.getBonus({ params: { ...params, projectId } });
    expect(current).toMatchObject({ number: 2, payable: euros(50_000) });
  });

  it.each([
    ['without an appeal', { score: '1/2', assessment: { ...assessment, appeal: null } }],
    [
      'on the same assessment',
      { score: '1/2', assessment: { ...vote.assessment, appeal: assessment.appeal } },
    ],
    ['on other votes', { ...corrected, ballots: 21 }],
    ['on another poll', { ...corrected, pollId: 'pol-b-2' }],
  ])('is not decided again %s', async (_, changes) => {
    const { projectId, decide } = await funded();
    await decide();
    await expect(decide(changes)).rejects.toMatchObject({ code: 'bonus-decided' });
    const { superseded } = await fixture.anyone.getBonus({ params: { ...params, projectId } });
    expect(superseded).toEqual([]);
  });

  it('is owed by the newest decision alone, and then fixed', async () => {
    const project = await funded();
    await project.decide();
    const { decisionId } = await project.decide(corrected);
    expect(await project.split()).toMatchObject({ obligations: 4, total: euros(50_000) });
    const { projectId } = project;
    const made = await fixture.connection.collection('obligations').find({ projectId }).toArray();
    expect(new Set(made.map((one) => one['decisionId'] as string))).toEqual(new Set([decisionId]));
    const third = { score: '1', assessment: { ...assessment, assessmentId: 'asm-3' } };
    await expect(project.decide(third)).rejects.toMatchObject({ code: 'bonus-fixed' });
    expect(await project.bonusFund()).toMatchObject({ setAside: euros(50_000), used: euros(50_000) });
  });

  it('says in its explanation, and in that of each share, what it replaced and by which appeal', async () => {
    const project = await funded();
    const first = await project.decide();
    const second = await project.decide(corrected);
    await project.split();
    const explain = (bonusId: string) => fixture.anyone.explainBonus({ params: { ...params, bonusId } });
    const former = await explain(first.decisionId);
    expect(former.result).toBe(`600.00 EUR (paid), replaced by ${second.decisionId}`);
    expect(former.parts[0]!.title).toMatch(/^Bonus pool/);
    const [why] = (await explain(second.decisionId)).parts;
    expect(why).toEqual({
      title: 'Decided again, because an appeal was upheld',
      lines: [
        `replaces ${first.decisionId}: score 3/5, 600.00 EUR`,
        'rests on assessment asm-2 instead of asm-1',
        'the vote of the citizens stands',
      ],
      sources: [
        { kind: 'bonus-decision', id: first.decisionId, sha256: null },
        { kind: 'appeal-decision', ...assessment.appeal },
      ],
    });
    const champion = await fixture.as('per-champion', 'resident');
    const { items } = await champion.listMyObligations({ params, query: { limit: 200 } });
    const { obligationId } = items.find(({ projectId }) => projectId === project.projectId)!;
    const mine = await champion.explainObligation({ params: { ...params, obligationId } });
    expect(mine.parts[0]).toEqual(why);
  });
});

/** Data of the events that told of the decisions on a project, oldest first. */
async function decisionsTold(projectId: string) {
  const rows = await fixture.connection
    .collection('outbox')
    .find({ 'envelope.type': 'org.talkoot.fund.bonus-decided.v1', 'envelope.data.projectId': projectId })
    .sort({ laneSeq: 1 })
    .toArray();
  return rows.map((row) => row['envelope'].data as Record<string, unknown>);
}

describe('its shares', () => {
  it('of volunteers without confirmed hours go back to the fund, and enlarge no one else’s', async () => {
    const idle = team.members.map((one) => ({ ...one, minutes: 0 }));
    const project = await funded({ team: { ...team, members: idle } });
    await project.decide();
    expect(await project.split()).toMatchObject({ obligations: 2, total: euros(42_000) });
    expect(await project.owed()).toEqual({ 'per-servant': 24_000, 'per-champion': 18_000 });
    await project.close();
    expect(await project.bonusFund()).toMatchObject({ available: euros(8_958_000), setAside: euros(0) });
  });

  it('of whoever joined after the agreement are nothing', async () => {
    const late = member('per-late', 'champions');
    const project = await funded({ team: { ...team, members: [...team.members, late] } });
    await project.decide();
    await project.split();
    expect(await project.owed()).not.toHaveProperty('per-late');
    expect(await project.owed()).toHaveProperty('per-champion', 18_000);
  });

  it('differ by a cent at most where they are alike, the left-over one by obligation id', async () => {
    const alike = ['per-a', 'per-b', 'per-c', 'per-d', 'per-e', 'per-f', 'per-g'];
    const members = alike.map((personId) => member(personId, 'champions', { weight: 1 }));
    const project = await funded({
      team: { members, pots: { 'civil-servants': 0, champions: 1, volunteers: 0 } },
    });
    await project.decide();
    await project.split();
    const { items } = await fixture.clerk.listObligations({
      params,
      query: { projectId: project.projectId, limit: 200 },
    });
    const byId = items.toSorted((a, b) => (a.obligationId < b.obligationId ? -1 : 1));
    // 60,000 cents ÷ 7 = 8,571 and three left over.
    expect(byId.map(({ amount }) => amount.amount)).toEqual([8572, 8572, 8572, 8571, 8571, 8571, 8571]);
  });

  it('of civil servants cover what their employer pays on top, which stays set aside', async () => {
    const project = await funded({ rules: { employerContributions: '1/5' } });
    await project.decide();
    await project.split();
    expect(await project.owed()).toMatchObject({ 'per-servant': 20_000, 'per-champion': 18_000 });
    expect(await project.bonusFund()).toMatchObject({ setAside: euros(44_000), used: euros(56_000) });
  });

  it('that are declined go back to the fund; nobody else gets more', async () => {
    const project = await funded();
    await project.decide();
    await project.split();
    const champion = await fixture.as('per-champion', 'resident');
    const before = await project.owed();
    const mine = (await champion.listMyObligations({ params, query: { limit: 200 } })).items.find(
      (one) => one.projectId === project.projectId,
    )!;
    const where = { params: { ...params, obligationId: mine.obligationId }, idempotencyKey: key() };
    expect(await champion.declineObligation(where)).toMatchObject({
      state: 'cancelled',
      closedBecause: 'declined',
    });
    expect(await project.owed()).toEqual(before);
    await project.close();
    expect(await project.bonusFund()).toMatchObject({ available: euros(8_958_000), used: euros(42_000) });
  });
});

describe('who is paid for a project beside its team', () => {
  it('is told by id to the services that keep them from voting, measuring and assessing', async () => {
    const { projectId } = await funded();
    const champion = await fixture.as('per-champion', 'resident');
    const record = (contractorId?: string) =>
      champion.recordSpending({
        params: { ...params, projectId },
        body: {
          amount: euros(1_000),
          purpose: 'Racks',
          ...(contractorId && { contractorId, procurementReference: 'H-1' }),
        },
        idempotencyKey: key(),
      });
    await record();
    const { spendingId } = await record('per-zeta');
    await record('per-alpha');
    await record('per-alpha');
    const refuse = {
      params: { ...params, spendingId },
      body: { reason: 'Not ordered.' },
      idempotencyKey: key(),
    };
    await fixture.clerk.refuseSpending(refuse);
    expect(await fixture.worker.listInterested({ params: { projectId } })).toEqual({
      personIds: ['per-alpha'],
    });
    await expect(fixture.anyone.listInterested({ params: { projectId } })).rejects.toThrow();
  });
});
