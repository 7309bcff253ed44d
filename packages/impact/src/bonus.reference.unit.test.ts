import { money } from '@talkoot/money';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideBonus, splitBonus } from './index.ts';
import type { Pot, SplitMember } from './index.ts';

// Slow references: every ballot by itself, every quota as a fraction of its own, no rational library.

type Ratio = readonly [n: bigint, d: bigint];
const ratio = (most: number) =>
  fc.tuple(fc.nat(most), fc.integer({ min: 1, max: 60 })).map(([n, d]): Ratio => [BigInt(n), BigInt(d)]);
const text = ([n, d]: Ratio) => `${n}/${d}`;
const isBelow = ([an, ad]: Ratio, [bn, bd]: Ratio) => an * bd < bn * ad;

/** Null of a blank. */
const ballot = fc.option(fc.nat(100), { nil: null, freq: 4 });

test('a bonus is what a slow reference makes of every single ballot', () => {
  const share = ratio(60).map(([n, d]): Ratio => (n > d ? [d, n] : [n, d]));
  const given = fc.record({
    pool: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    score: ratio(120).chain(([n, d]) => fc.boolean().map((minus): Ratio => [minus ? -n : n, d])),
    threshold: ratio(40),
    slope: ratio(120).filter(([n]) => n > 0n),
    cap: share.filter(([n]) => n > 0n),
    quorum: share,
    stands: fc.boolean(),
    counted: fc.boolean(),
    cast: fc.array(ballot, { maxLength: 25 }),
    abstained: fc.nat(200),
    standard: fc.nat(100),
    withoutQuorum: fc.constantFrom('pay-nothing' as const, 'pay-default-share' as const),
  });
  fc.assert(
    fc.property(given, (of) => {
      const roll = of.cast.length + of.abstained;
      const chosen = of.cast.filter((one) => one !== null).toSorted((a, b) => a - b);
      const percents = [...new Set(chosen)];
      const decided = decideBonus({
        rules: {
          scoreThreshold: text(of.threshold),
          slope: text(of.slope),
          cap: text(of.cap),
          quorum: text(of.quorum),
          withoutQuorum: of.withoutQuorum,
          defaultShare: of.standard,
        },
        pool: money(of.pool, 'EUR'),
        score: text(of.score),
        payable: of.stands,
        counted: of.counted,
        roll,
        ballots: of.cast.length,
        shares: percents.map((percent) => ({
          percent,
          ballots: chosen.filter((one) => one === percent).length,
        })),
      });

      let needed = 0;
      while (BigInt(needed) * of.quorum[1] < of.quorum[0] * BigInt(roll)) needed += 1;
      const reached = of.counted && of.cast.length >= needed;
      const median = reached ? chosen[Math.ceil(chosen.length / 2) - 1] : undefined;
      const percent = median ?? (of.withoutQuorum === 'pay-default-share' ? of.standard : 0);
      const sloped: Ratio = [of.slope[0] * of.score[0], of.slope[1] * of.score[1]];
      const f = isBelow(of.cap, sloped) ? of.cap : sloped;
      const pays = of.stands && !isBelow(of.score, of.threshold);
      const expected = pays ? (BigInt(of.pool) * f[0] * BigInt(percent)) / (f[1] * 100n) : 0n;
      expect(BigInt(decided.payable.amount)).toBe(expected);
      expect(decided.share).toBe(percent);
      expect(decided.quorum).toEqual({ needed, ballots: of.cast.length, reached });
      expect(decided.payable.amount + decided.returned.amount).toBe(of.pool);
    }),
    { numRuns: 500 },
  );
});

const potNames: readonly Pot[] = ['civil-servants', 'champions', 'volunteers'];

test('a split is what a slow reference makes of every quota', () => {
  const one = fc.record({
    pot: fc.constantFrom(...potNames),
    weight: fc.nat(6),
    minutes: fc.nat(300),
    declined: fc.boolean(),
  });
  const given = fc.record({
    payable: fc.nat(100_000),
    ratios: fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)).filter((all) => all.some((part) => part > 0)),
    team: fc.array(one, { maxLength: 8 }),
  });
  fc.assert(
    fc.property(given, ({ payable, ratios, team }) => {
      // Ids that do not follow the order of the list: ties go by id.
      const members = team.map((of, at): SplitMember => ({ ...of, obligationId: `obl-${(at * 7) % 8}` }));
      const [civilServants, champions, volunteers] = ratios;
      const pots = { 'civil-servants': civilServants, champions, volunteers };
      const split = splitBonus({
        payable: money(payable, 'EUR'),
        pots,
        members,
      });

      const expected = referenceOf(payable, pots, members);
      const amountOf = (of: SplitMember) => (of.declined ? 0 : expected.get(of.obligationId)!);
      expect(split.shares.map(({ amount }) => amount.amount)).toEqual(members.map(amountOf));
      const nobodys = potNames.reduce((sum, pot) => sum + (expected.get(pot) ?? 0), 0);
      const declined = members.reduce(
        (sum, of) => sum + (of.declined ? expected.get(of.obligationId)! : 0),
        0,
      );
      expect(split.returnedTotal.amount).toBe(nobodys + declined);
    }),
    { numRuns: 500 },
  );
});

/** Cents by obligation, and by pot where it has nobody. */
function referenceOf(payable: number, pots: Readonly<Record<Pot, number>>, members: readonly SplitMember[]) {
  const ratios = potNames.reduce((sum, pot) => sum + pots[pot], 0);
  const counted = ({ pot, weight, minutes }: SplitMember) => (pot === 'volunteers' ? minutes : weight);
  const inPot = (pot: Pot) =>
    members.filter((of) => of.pot === pot).reduce((sum, of) => sum + counted(of), 0);
  const quotas = [
    ...members.map((of) => quota(of.obligationId, false, pots[of.pot] * counted(of), ratios * inPot(of.pot))),
    ...potNames.map((pot) => quota(pot, true, inPot(pot) === 0 ? pots[pot] : 0, ratios)),
  ];
  function quota(id: string, isNobody: boolean, share: number, of: number) {
    const [n, d] = [BigInt(payable) * BigInt(of === 0 ? 0 : share), BigInt(of || 1)];
    return { id, isNobody, cents: Number(n / d), rest: [n % d, d] as const };
  }
  let left = payable - quotas.reduce((sum, { cents }) => sum + cents, 0);
  const inOrder = quotas.toSorted((a, b) => {
    if (isBelow(a.rest, b.rest)) return 1;
    if (isBelow(b.rest, a.rest)) return -1;
    if (a.isNobody !== b.isNobody) return a.isNobody ? 1 : -1;
    return a.id < b.id ? -1 : 1;
  });
  const cents = new Map<string, number>();
  for (const { id, cents: floor } of inOrder) {
    cents.set(id, floor + (left > 0 ? 1 : 0));
    left -= left > 0 ? 1 : 0;
  }
  return cents;
}
