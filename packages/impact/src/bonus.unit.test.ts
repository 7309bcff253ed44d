import { money } from '@talkoot/money';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideBonus, lineText, splitBonus } from './index.ts';
import type { BonusInput, BonusRules, SplitInput } from './index.ts';

const rules: BonusRules = {
  scoreThreshold: '0.25',
  slope: '1',
  cap: '0.8',
  quorum: '0.1',
  withoutQuorum: 'pay-nothing',
  defaultShare: 50,
};
const code = (name: string) => expect.objectContaining({ code: name });
const decide = (change: Partial<Omit<BonusInput, 'rules'>> = {}, own: Partial<BonusRules> = {}) =>
  decideBonus({
    rules: { ...rules, ...own },
    pool: money(1_000_001, 'EUR'),
    score: '1/3',
    payable: true,
    counted: true,
    roll: 101,
    ballots: 11,
    shares: [{ percent: 100, ballots: 11 }],
    ...change,
  });

describe('a bonus', () => {
  it('is pool × f(S) × share, floored once', () => {
    const outcome = decide({ shares: [{ percent: 70, ballots: 11 }] });
    // 1,000,001 × 1/3 × 70/100 = 233,333.56…
    expect(outcome).toMatchObject({
      payable: money(233_333, 'EUR'),
      returned: money(766_668, 'EUR'),
      fraction: '1/3',
      reason: 'paid',
    });
    expect(outcome.computation.map(lineText).at(-1)).toBe(
      'payable: ⌊10000.01 EUR × 1/3 ≈ 0.333333 × 70%⌋ = 2333.33 EUR',
    );
  });

  it('begins at the threshold itself and ends at the cap', () => {
    expect(decide({ score: '1/4' }).fraction).toBe('1/4');
    expect(decide({ score: '24999999/100000000' })).toMatchObject({
      fraction: '0',
      reason: 'score-below-threshold',
    });
    expect(decide({ score: '1' }).fraction).toBe('4/5');
    expect(decide({ score: '-1' }).payable.amount).toBe(0);
  });

  it('is nothing if the score carries none', () => {
    expect(decide({ payable: false })).toMatchObject({
      payable: money(0, 'EUR'),
      reason: 'score-not-payable',
    });
  });

  it('takes the lower median of the shares chosen; blanks count for the quorum only', () => {
    const shares = [
      { percent: 90, ballots: 2 },
      { percent: 10, ballots: 2 },
    ];
    expect(decide({ shares })).toMatchObject({
      share: 10,
      quorum: { needed: 11, ballots: 11, reached: true },
    });
    expect(decide({ shares: [...shares, { percent: 50, ballots: 1 }] }).share).toBe(50);
  });

  it('follows the charter without quorum, and where every ballot is blank', () => {
    expect(decide({ ballots: 10, shares: [{ percent: 100, ballots: 10 }] })).toMatchObject({
      share: 0,
      reason: 'no-quorum',
    });
    const standard = { withoutQuorum: 'pay-default-share' } as const;
    expect(decide({ ballots: 10, shares: [{ percent: 100, ballots: 10 }] }, standard)).toMatchObject({
      share: 50,
      reason: 'paid',
    });
    expect(decide({ shares: [] })).toMatchObject({ share: 0, reason: 'no-share-chosen' });
    expect(decide({ shares: [{ percent: 0, ballots: 1 }] })).toMatchObject({
      share: 0,
      reason: 'share-zero',
    });
  });

  it('follows the charter after a vote without result, however low the quorum', () => {
    const uncounted = { counted: false, ballots: 0, shares: [] };
    expect(decide(uncounted, { quorum: '0' })).toMatchObject({
      share: 0,
      reason: 'no-quorum',
      quorum: { needed: 0, ballots: 0, reached: false },
    });
    const outcome = decide(uncounted, { quorum: '0', withoutQuorum: 'pay-default-share' });
    expect(outcome).toMatchObject({ share: 50, reason: 'paid' });
    expect(outcome.computation.map(lineText)).toContain('quorum: the vote came to no result = not reached');
  });

  it('never exceeds the capped pool, and never falls as the score or the share rises', () => {
    const percent = fc.integer({ min: 0, max: 100 });
    const score = fc.tuple(fc.integer({ min: -100, max: 300 }), fc.integer({ min: 1, max: 97 }));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
        score,
        score,
        percent,
        percent,
        (amount, [an, ad], [bn, bd], p, q) => {
          const at = ([n, d]: [number, number], share: number) =>
            BigInt(
              decide({
                pool: money(amount, 'EUR'),
                score: `${n}/${d}`,
                shares: [{ percent: share, ballots: 1 }],
              }).payable.amount,
            );
          const [low, high] =
            an * bd <= bn * ad
              ? ([
                  [an, ad],
                  [bn, bd],
                ] as const)
              : ([
                  [bn, bd],
                  [an, ad],
                ] as const);
          const [less, more] = [at([...low], Math.min(p, q)), at([...high], Math.max(p, q))];
          expect(less <= more).toBe(true);
          expect(more * 5n <= BigInt(amount) * 4n).toBe(true);
        },
      ),
    );
  });

  it('refuses votes and rules that cannot be', () => {
    expect(() => decide({ ballots: 200 })).toThrow(code('votes-invalid'));
    expect(() => decide({ shares: [{ percent: 1, ballots: 12 }] })).toThrow(code('votes-invalid'));
    expect(() => decide({ shares: [{ percent: 101, ballots: 1 }] })).toThrow(code('votes-invalid'));
    expect(() =>
      decide({
        shares: [
          { percent: 5, ballots: 1 },
          { percent: 5, ballots: 1 },
        ],
      }),
    ).toThrow(code('votes-invalid'));
    for (const bad of [
      { cap: '1.1' },
      { cap: '0' },
      { slope: '0' },
      { scoreThreshold: '-1' },
      { quorum: '2' },
      { defaultShare: 101 },
    ]) {
      expect(() => decide({}, bad)).toThrow(code('rules-invalid'));
    }
    expect(() => decide({ score: 'NaN' })).toThrow(code('number-malformed'));
  });
});

const member = (
  obligationId: string,
  pot: SplitInput['members'][number]['pot'],
  weight: number,
  minutes = 0,
  declined = false,
) => ({
  obligationId,
  pot,
  weight,
  minutes,
  declined,
});
const pots = { 'civil-servants': 50, champions: 30, volunteers: 20 };

describe('a split bonus', () => {
  it('follows the pots, the agreed weights and the confirmed hours of volunteers', () => {
    const outcome = splitBonus({
      payable: money(10_000, 'EUR'),
      pots,
      members: [
        member('s1', 'civil-servants', 3),
        member('s2', 'civil-servants', 1),
        member('c', 'champions', 1),
        member('v1', 'volunteers', 1, 90),
        member('v2', 'volunteers', 99, 30),
      ],
    });
    expect(outcome.shares.map(({ amount }) => amount.amount)).toEqual([3750, 1250, 3000, 1500, 500]);
    expect(outcome.returned).toEqual([]);
    expect(outcome.computation.map(lineText)[1]).toBe('civil-servants, s1: 100.00 EUR × 0.375 = 37.50 EUR');
  });

  it("gives nobody's hours and declined shares back, enlarging no one else's", () => {
    const members = [
      member('s', 'civil-servants', 1),
      member('c', 'champions', 1, 0, true),
      member('v', 'volunteers', 1, 0),
    ];
    const outcome = splitBonus({ payable: money(1000, 'EUR'), pots, members });
    expect(outcome.shares.map(({ amount }) => amount.amount)).toEqual([500, 0, 0]);
    expect(outcome.returned).toEqual([
      { pot: 'champions', reason: 'declined', amount: money(300, 'EUR'), obligationId: 'c' },
      { pot: 'volunteers', reason: 'nobody', amount: money(200, 'EUR') },
    ]);
    expect(outcome.returnedTotal).toEqual(money(500, 'EUR'));
  });

  it('gives a left-over cent to the smaller obligation id', () => {
    const members = [member('b', 'champions', 1), member('a', 'champions', 1)];
    const split = splitBonus({
      payable: money(3, 'EUR'),
      pots: { 'civil-servants': 0, champions: 1, volunteers: 0 },
      members,
    });
    expect(split.shares.map(({ amount }) => amount.amount)).toEqual([1, 2]);
  });

  const team: fc.Arbitrary<SplitInput> = fc.record({
    payable: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }).map((amount) => money(amount, 'EUR')),
    pots: fc.record({
      'civil-servants': fc.integer({ min: 1, max: 100 }),
      champions: fc.nat(100),
      volunteers: fc.nat(100),
    }),
    members: fc
      .array(
        fc.tuple(
          fc.constantFrom('civil-servants' as const, 'champions' as const, 'volunteers' as const),
          fc.nat(50),
          fc.nat(10_000),
          fc.boolean(),
        ),
        { maxLength: 12 },
      )
      .map((list) =>
        list.map(([pot, weight, minutes, declined], index) =>
          member(`o${index}`, pot, weight, minutes, declined),
        ),
      ),
  });

  it('accounts for every cent: shares + returned = payable', () => {
    fc.assert(
      fc.property(team, (input) => {
        const { shares, returnedTotal } = splitBonus(input);
        const paid = shares.reduce((sum, { amount }) => sum + BigInt(amount.amount), 0n);
        expect(paid + BigInt(returnedTotal.amount)).toBe(BigInt(input.payable.amount));
        expect(shares).toHaveLength(input.members.length);
      }),
    );
  });

  it('leaves everybody else as they were when someone declines', () => {
    fc.assert(
      fc.property(team, fc.nat(11), (input, who) => {
        const declining = {
          ...input,
          members: input.members.map((one, index) => (index === who ? { ...one, declined: true } : one)),
        };
        const [before, after] = [splitBonus(input).shares, splitBonus(declining).shares];
        after.forEach((share, index) =>
          expect(share.amount).toEqual(index === who ? money(0, 'EUR') : before[index]!.amount),
        );
      }),
    );
  });

  it('refuses ratios and weights that cannot be', () => {
    const payable = money(1, 'EUR');
    expect(() =>
      splitBonus({ payable, pots: { 'civil-servants': 0, champions: 0, volunteers: 0 }, members: [] }),
    ).toThrow(code('shares-invalid'));
    expect(() => splitBonus({ payable, pots, members: [member('a', 'champions', 0.5)] })).toThrow(
      code('shares-invalid'),
    );
    expect(() =>
      splitBonus({ payable, pots, members: [member('a', 'champions', 1), member('a', 'champions', 1)] }),
    ).toThrow(code('duplicate-id'));
  });
});
