import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moneyText } from '../allocation/explanation.ts';
import { bonusPlan, plan } from '../ballots.fixture.ts';
import { pollFrom } from '../poll/poll.ts';
import { tally } from './tally.ts';

const poll = { ...pollFrom('pol-1', plan), roll: 1000, issuers: [], manifest: null };
const votes = fc.array(
  fc.subarray(['prj-a', 'prj-b', 'prj-c'], { maxLength: 2 }).map((choices) => ({ choices })),
);

describe('a tally', () => {
  it('is the same to the last byte in any order of the ballots', () => {
    const shuffled = votes.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(fc.property(shuffled, ([a, b]) => tally(poll, a).sha256 === tally(poll, b).sha256));
  });

  it('adds up: every choice is a vote, and nothing is funded above the budget', () => {
    fc.assert(
      fc.property(votes, (all) => {
        const result = tally(poll, all);
        const cast = all.reduce((sum, one) => sum + one.choices.length, 0);
        expect(result.options.reduce((sum, one) => sum + one.yes, 0)).toBe(cast);
        expect(result.allocation!.cost.amount).toBeLessThanOrEqual(plan.budget!.amount);
        expect(result.allocation!.explanations).toHaveLength(3);
      }),
    );
  });

  it('keeps blank shares out of the histogram', () => {
    const bonus = { ...pollFrom('pol-b', bonusPlan), roll: 10, issuers: [], manifest: null };
    const result = tally(bonus, [
      { yes: [], no: [], share: 30 },
      { yes: [], no: [], share: null },
      { yes: ['crt-2'], no: [], share: 30 },
    ]);
    expect(result).toMatchObject({ ballots: 3, shares: [{ percent: 30, ballots: 2 }], allocation: null });
  });

  it('funds nothing without ballots, and says so', () => {
    const { allocation } = tally(poll, []);
    expect(allocation).toMatchObject({ selected: [], cost: { amount: 0 } });
    expect(allocation!.explanations.every((one) => one.reasonCode === 'no-ballots')).toBe(true);
  });

  it('writes amounts in the decimals of their currency', () => {
    expect(moneyText({ amount: 1_234_505, currency: 'EUR' })).toBe('12,345.05 EUR');
    expect(moneyText({ amount: 1234, currency: 'JPY' })).toBe('1,234 JPY');
  });
});
