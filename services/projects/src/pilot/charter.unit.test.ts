import { CharterShape } from '@talkoot/api-contracts/projects';
import type { Charter } from '@talkoot/api-contracts/projects';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { charter, eur } from '../projects.fixture.ts';
import { charterHash, requireAmendable, requireSoundCharter } from './charter.ts';
import { limitOf, requirePermission } from './permission.ts';

const refused = (code: string) => expect.objectContaining({ code });
type Trustee = Charter['poll']['trustees'][number];
type Trustees = readonly [Trustee, Trustee, Trustee];

describe('a charter', () => {
  it('is sound when its shares add up, its waits exist and its zone is known', () => {
    expect(() => requireSoundCharter(charter)).not.toThrow();
  });
  it('splits the money wholly, whatever the shares', () => {
    const parts = fc.tuple(fc.nat(500), fc.nat(500), fc.nat(500)).filter(([a, b, c]) => a + b + c > 0);
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 5 }), ([a, b, c], off) => {
        const funds = (whole: number) => ({
          round: `${a}/${whole}`,
          bonus: `${b}/${whole}`,
          outcome: `${c}/${whole}`,
        });
        expect(() => requireSoundCharter({ ...charter, funds: funds(a + b + c) })).not.toThrow();
        expect(() => requireSoundCharter({ ...charter, funds: funds(a + b + c + off) })).toThrow(
          refused('charter-shares'),
        );
      }),
    );
  });
  it('weighs performance records by criteria that add up to 1, never to be amended', () => {
    const weighing = (performance: Partial<Charter['performance']>) => () =>
      requireSoundCharter({ ...charter, performance: { ...charter.performance, ...performance } });
    const [first] = charter.performance.criteria;
    expect(weighing({ criteria: [{ ...first!, weight: '1' }] })).not.toThrow();
    expect(weighing({ criteria: [first!] })).toThrow(refused('charter-performance'));
    expect(weighing({ minimumRaters: 2 })).toThrow(refused('charter-performance'));
    expect(weighing({ criteria: [{ ...first!, weight: '1/0' }] })).toThrow(refused('charter-performance'));
    const other = { ...charter, performance: { ...charter.performance, minimumRaters: 4 } };
    expect(() => requireAmendable(charter, other)).toThrow(refused('amendment-untouchable'));
  });
  it('has bonus rules by which a bonus can be decided', () => {
    const bonus = (changes: Partial<Charter['bonus']>) => () =>
      requireSoundCharter({ ...charter, bonus: { ...charter.bonus, ...changes } });
    expect(bonus({ scoreThreshold: '0', slope: '1/1000', cap: '1/1000' })).not.toThrow();
    for (const bad of [
      { scoreThreshold: '-1/10' },
      { slope: '0' },
      { cap: '0' },
      { cap: '11/10' },
      { employerContributions: '3/2' },
    ]) {
      expect(bonus(bad)).toThrow(refused('charter-bounds'));
    }
  });
  it('has points where voters distribute points, enough of them, and nowhere else', () => {
    const { points: _, ...plain } = { points: 0, ...charter.ballot };
    const ballot = (changes: Partial<typeof charter.ballot>) => () =>
      requireSoundCharter({ ...charter, ballot: { ...plain, ...changes } });
    expect(ballot({ type: 'points', points: 10, minChoices: 10 })).not.toThrow();
    expect(ballot({ type: 'points' })).toThrow(refused('charter-ballot'));
    expect(ballot({ type: 'points', points: 2, minChoices: 3 })).toThrow(refused('charter-ballot'));
    expect(ballot({ type: 'knapsack', points: 10 })).toThrow(refused('charter-ballot'));
  });
  it('has an increment of equal shares that brings every allocation to an end', () => {
    const withIncrement = (increment: number, completion: 'add1' | 'none') => () =>
      requireSoundCharter({
        ...charter,
        projectCap: { ...charter.projectCap, amount: 20_000_000 },
        allocation: { rule: 'equal-shares', completion, increment, exhaustiveStop: true, comparison: false },
      });
    expect(withIncrement(2, 'add1')).not.toThrow();
    expect(withIncrement(1, 'none')).not.toThrow();
    expect(withIncrement(1, 'add1')).toThrow(refused('charter-allocation'));
  });
  it('has an allocation rule with all its parameters', () => {
    const equalShares = { rule: 'equal-shares', completion: 'add1u', increment: 100 };
    const parse = (allocation: object) => CharterShape.safeParse({ ...charter, allocation }).success;
    expect(parse({ ...equalShares, exhaustiveStop: true, comparison: true })).toBe(true);
    expect(parse(equalShares)).toBe(false);
    expect(parse({ rule: 'lot' })).toBe(false);
  });
  it.each<[string, string, (three: Trustees) => Partial<Charter['poll']>]>([
    ['too few for their threshold', 'threshold', () => ({ threshold: 4 })],
    [
      'of one organisation that opens ballots alone',
      'trustees',
      ([one, two, three]) => ({ trustees: [one, { ...two, organisation: one.organisation }, three] }),
    ],
    [
      'the same person twice',
      'trustees',
      ([one, two]) => ({ trustees: [one, two, { ...two, organisation: 'Other' }] }),
    ],
    [
      'without a signing key',
      'trustees.1.signingKey',
      ([one, two, three]) => ({ trustees: [one, { ...two, signingKey: '00'.repeat(32) }, three] }),
    ],
    [
      'without a sealing key',
      'trustees.2.sealingKey',
      ([one, two, three]) => ({ trustees: [one, two, { ...three, sealingKey: `02${'ff'.repeat(32)}` }] }),
    ],
    ['of a poll that counts more than vote', 'minima', () => ({ minima: { roll: 10, counted: 11 } })],
  ])('is refused for trustees %s', (_, at, changes) => {
    const poll = { ...charter.poll, ...changes(charter.poll.trustees as unknown as Trustees) };
    expect(() => requireSoundCharter({ ...charter, poll })).toThrow(
      expect.objectContaining({
        code: 'charter-poll',
        errors: expect.arrayContaining([expect.objectContaining({ at: `body.charter.poll.${at}` })]),
      }),
    );
  });
  describe('whose phases end by deadline', () => {
    const day = (days: number) => ({ duration: `P${days}D` });
    const forPolls = (days: number) => ({
      'round.voting': day(days),
      'project.allocation': day(days),
      'project.criteria-vote': day(days),
      'project.bonus-vote': day(days),
    });
    const sound = (calendar: Charter['calendar']) => () =>
      requireSoundCharter({ ...charter, endsBy: 'calendar', calendar });
    it('waits for a poll as long as it may take', () => {
      expect(sound({ default: day(10), ...forPolls(100) })).not.toThrow();
      expect(sound({ default: day(10), ...forPolls(99) })).toThrow(refused('charter-calendar'));
      expect(sound({ default: day(10), ...forPolls(100), 'round.voting': { duration: 'P3M' } })).toThrow(
        refused('charter-calendar'),
      );
      expect(
        sound({ default: day(10), ...forPolls(100), 'round.voting': { duration: 'P1Y' } }),
      ).not.toThrow();
    });
    it('gives complaints at least three days', () => {
      const calendar = { default: day(1), 'poll.complaints': { duration: 'PT1H' } };
      expect(sound({ ...calendar, ...forPolls(11) })).toThrow(refused('charter-calendar'));
      expect(sound({ ...calendar, ...forPolls(12) })).not.toThrow();
    });
    it('says after how long nobody has claimed what is owed, and names no wait that is not there', () => {
      const calendar = { default: day(10), ...forPolls(100) };
      expect(sound({ ...calendar, 'obligation.unclaimed': { duration: 'P1Y' } })).not.toThrow();
      expect(sound({ ...calendar, 'obligation.unclaim': { duration: 'P1Y' } })).toThrow(
        refused('charter-calendar'),
      );
    });
    it('gives people time to vote', () => {
      const calendar = { default: day(10), ...forPolls(100) };
      expect(sound({ ...calendar, 'poll.voting': { duration: 'P0D' } })).toThrow(refused('charter-calendar'));
      expect(sound({ ...calendar, 'poll.voting': { duration: 'PT2H' } })).not.toThrow();
    });
  });
  it('has one hash, in whatever order its fields come', () => {
    const turned = Object.fromEntries(Object.entries(charter).toReversed()) as typeof charter;
    expect(charterHash(turned)).toBe(charterHash(charter));
    expect(charterHash({ ...charter, threshold: '1/21' })).not.toBe(charterHash(charter));
  });
  it('is amended only in what nothing rests on yet', () => {
    expect(() => requireAmendable(charter, { ...charter, threshold: '1/10' })).not.toThrow();
    const funds = { round: '1/2', bonus: '1/4', outcome: '1/4' };
    expect(() => requireAmendable(charter, { ...charter, funds })).toThrow(refused('amendment-untouchable'));
  });
});

describe('a permission', () => {
  const amounts = fc.integer({ min: 1, max: 10 ** 12 });
  it('grants at most the share of the budget and at most the cap, to the cent', () => {
    fc.assert(
      fc.property(amounts, amounts, fc.integer({ min: 1, max: 1000 }), (budget, cap, permille) => {
        const exact = (BigInt(budget) * BigInt(permille)) / 1000n;
        fc.pre(exact > 0n);
        const grant = { share: `${permille}/1000`, adoptedBudget: eur(budget) };
        const limit = BigInt(limitOf(grant, eur(cap), 'EUR').amount);
        expect(limit).toBe(exact < BigInt(cap) ? exact : BigInt(cap));
      }),
    );
  });
  it('is in force while the pilot runs and until it expires', () => {
    const permission = { expiresAt: '2027-06-01T00:00:00.000Z' };
    const at = (time: string) => () => requirePermission({ phase: 'running', permission }, new Date(time));
    expect(at('2027-05-31T23:59:59.999Z')).not.toThrow();
    expect(at('2027-06-01T00:00:00.000Z')).toThrow(refused('permission-needed'));
    expect(() => requirePermission({ phase: 'sponsored', permission: null }, new Date())).toThrow(
      refused('permission-needed'),
    );
  });
});
