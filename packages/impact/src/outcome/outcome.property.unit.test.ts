import * as fc from 'fast-check';
import { Fraction } from 'fraction.js';
import { describe, expect, it } from 'vitest';
import { exactOf, total, zero } from '../exact.ts';
import { rateAt } from './anchors.ts';
import { decideOutcome } from './index.ts';
import { fixed, measure, payment, termsWith } from './outcome.fixture.ts';
import type { Tier } from './payment.part.shape.ts';
import type { Payment } from './payment.shape.ts';
import { perfectRoot, rootFloor } from './power.ts';
import { returnLimit } from './return.cap.ts';
import { roundTo } from './rounding.ts';
import { requireTiers, tierOf } from './tiers.ts';
import { waterfallParts } from './waterfall.ts';

const cents = (most: number) => fc.integer({ min: 0, max: most }).map((whole) => (whole / 100).toFixed(2));
const fraction = (most: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: 1, max: 97 }))
    .map(([n, d]) => new Fraction(n, d));

describe('tiers', () => {
  const edges = fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 6 });

  it('cover the line: every value is in exactly one', () => {
    fc.assert(
      fc.property(
        edges,
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        fraction(600),
        (at, above, value) => {
          const rising = at.toSorted((a, b) => a - b);
          const tiers: Tier[] = [...rising, null].map((end, index) => ({
            ...(index === 0 ? {} : { from: { at: String(rising[index - 1]), included: !above[index - 1]! } }),
            ...(end === null ? {} : { to: { at: String(end), included: above[index]! } }),
            pays: '0',
          }));
          requireTiers('p', tiers);
          for (const probe of [value.sub(50), ...rising.map((edge) => new Fraction(edge))]) {
            const holding = tiers.filter(({ from, to }) => {
              const low = from ? probe.compare(exactOf(from.at)) : 1;
              const high = to ? probe.compare(exactOf(to.at)) : -1;
              return (low > 0 || (low === 0 && from!.included)) && (high < 0 || (high === 0 && to!.included));
            });
            expect(holding).toEqual([tierOf(probe, tiers)]);
          }
        },
      ),
    );
  });
});

describe('anchors', () => {
  it('that rise give a rate that never falls, and stays between their ends', () => {
    const points = fc.uniqueArray(fc.integer({ min: -99, max: 99 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(points, points, fraction(9000), fraction(9000), (at, pays, a, b) => {
        const [ats, rates] = [at, pays].map((list) => list.toSorted((x, y) => x - y));
        const count = Math.min(ats!.length, rates!.length);
        const anchors = ats!
          .slice(0, count)
          .map((point, index) => ({ at: String(point), pays: String(rates![index]) }));
        const [low, high] = a.lt(b) ? [a, b] : [b, a];
        const [first, second] = [rateAt(low.sub(45), anchors), rateAt(high.sub(45), anchors)];
        expect(first.lte(second)).toBe(true);
        expect(first.gte(rates![0]!) && second.lte(rates![count - 1]!)).toBe(true);
      }),
    );
  });
});

describe('caps', () => {
  it('are never exceeded, and what lines pay adds up to the amount', () => {
    const line = fc.record({
      amount: cents(10_000_000),
      thirds: fc.integer({ min: 1, max: 9 }),
      cap: cents(5_000_000),
      before: cents(5_000_000),
    });
    const rounding = fc.constantFrom('half-up', 'half-even', 'down', 'up');
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 6 }),
        cents(20_000_000),
        rounding,
        (lines, most, mode) => {
          const measures = lines.map(({ amount, thirds }, at) =>
            measure({ kind: 'ratio', id: `m-${at}`, of: amount, by: String(thirds) }),
          );
          const payments = lines.map(({ cap }, at): Payment =>
            fixed(`p-${at}`, `m-${at}`, { cap: { amount: cap, over: 'contract' } }),
          );
          const terms = termsWith([], payments, {
            measures,
            amountCap: { amount: most, over: 'contract' },
            rounding: mode,
          });
          const paidBefore = Object.fromEntries(lines.map(({ before }, at) => [`p-${at}`, before]));
          const decision = decideOutcome(terms, { inputs: {}, paidBefore });
          const before = total(lines.map((one) => exactOf(one.before)));
          expect(
            exactOf(decision.amount).lte(0) || exactOf(decision.amount).add(before).lte(exactOf(most)),
          ).toBe(true);
          for (const [at, { amount }] of decision.lines.entries()) {
            const room = exactOf(lines[at]!.cap).sub(exactOf(lines[at]!.before));
            expect(exactOf(amount!).lte(room.gt(zero) ? room : zero)).toBe(true);
          }
          const sumOf = (parts: readonly { paid: string }[]) => total(parts.map(({ paid }) => exactOf(paid)));
          expect(sumOf(decision.lines).equals(exactOf(decision.amount))).toBe(true);
          expect(sumOf(decision.subtotals).equals(exactOf(decision.amount))).toBe(true);
        },
      ),
    );
  });
});

describe('a cap of the whole', () => {
  const minor = fc.integer({ min: -99_999_999, max: 99_999_999 });

  it('changes no negative line, nor makes a positive one larger or negative', () => {
    fc.assert(
      fc.property(
        fc.array(minor, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 99_999_999 }),
        fc.boolean(),
        (lines, room, byReturn) => {
          const [amounts, most] = [lines.map((one) => (one / 100).toFixed(2)), (room / 100).toFixed(2)];
          // Of what was invested a year ago, a return of nothing leaves just that.
          const flows = [{ date: '2027-01-01', amount: `-${most}` }];
          const terms = termsWith(
            [],
            amounts.map((amount, at) => fixed(`p-${at}`, amount)),
            byReturn ? { returnCap: { rate: '0' } } : { amountCap: { amount: most, over: 'decision' } },
          );
          const results = {
            inputs: {},
            ...(byReturn ? { investment: { flows, paidOn: '2028-01-01' } } : {}),
          };
          const decision = decideOutcome(terms, results);
          expect(exactOf(decision.amount).lte(exactOf(most))).toBe(true);
          for (const [at, { paid }] of decision.lines.entries()) {
            const [free, part] = [exactOf(amounts[at]!), exactOf(paid)];
            expect(free.gt(zero) ? part.gte(zero) && part.lte(free) : part.equals(free)).toBe(true);
          }
        },
      ),
    );
  });
});

describe('rounding', () => {
  it('is the last step: the amount is the exact total, rounded once', () => {
    const rounding = fc.constantFrom('half-up', 'half-even', 'down', 'up');
    const parts = fc.array(fc.tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: 1, max: 99 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(parts, rounding, (pairs, mode) => {
        const measures = pairs.map(([n, d], at) =>
          measure({ kind: 'ratio', id: `m-${at}`, of: String(n), by: String(d) }),
        );
        const terms = termsWith(
          [],
          pairs.map((_, at) => fixed(`p-${at}`, `m-${at}`)),
          { measures, rounding: mode },
        );
        const exact = total(pairs.map(([n, d]) => new Fraction(n, d)));
        const { amount, lines } = decideOutcome(terms, { inputs: {} });
        expect(exactOf(amount).equals(roundTo(exact, 2, mode))).toBe(true);
        expect(total(lines.map(({ paid }) => exactOf(paid))).equals(exactOf(amount))).toBe(true);
        for (const [at, { paid }] of lines.entries()) {
          expect(
            exactOf(paid).sub(new Fraction(pairs[at]![0], pairs[at]![1])).abs().lt(new Fraction(1, 100)),
          ).toBe(true);
        }
      }),
    );
  });
});

describe('a waterfall', () => {
  it('pays the same in two periods as in one', () => {
    const shares = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        fraction(90_000),
        fraction(90_000),
        fraction(9000),
        fraction(9000),
        shares,
        (a, b, end, more, of) => {
          const [one, two, three] = of.map((percent) => new Fraction(percent, 100)) as [
            Fraction,
            Fraction,
            Fraction,
          ];
          const steps = [
            { share: one, until: end },
            { share: two, until: end.add(more) },
            { share: three, until: null },
          ];
          const pays = (amount: Fraction, before: Fraction) =>
            total(waterfallParts(amount, before, steps).map((part) => part.pays));
          const first = pays(a, zero);
          expect(first.add(pays(b, first)).equals(pays(a.add(b), zero))).toBe(true);
        },
      ),
    );
  });
});

describe('a cap on the return', () => {
  const day = (at: number) => new Date(Date.UTC(2027, 0, 1) + at * 86_400_000).toISOString().slice(0, 10);
  const invested = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 99_999_999 })),
    { minLength: 1, maxLength: 4 },
  );
  const received = fc.array(
    fc.tuple(fc.integer({ min: 401, max: 900 }), fc.integer({ min: 1, max: 9_999_999 })),
    { maxLength: 3 },
  );
  const amountOf = (minor: number) => (minor / 100).toFixed(2);
  const investmentOf = (outs: [number, number][], ins: [number, number][], paidOn: number) => ({
    flows: [
      ...outs.map(([at, minor]) => ({ date: day(at), amount: `-${amountOf(minor)}` })),
      ...ins.map(([at, minor]) => ({ date: day(at), amount: amountOf(minor) })),
    ],
    paidOn: day(paidOn),
  });

  it('lets pay the last cent that does not exceed it', () => {
    const whole = fc.tuple(fc.constant(0), fc.integer({ min: 1, max: 99_999_999 }));
    fc.assert(
      fc.property(
        whole,
        fc.integer({ min: 1, max: 4000 }),
        fc.integer({ min: -20, max: 40 }),
        (out, days, percent) => {
          const limit = returnLimit(investmentOf([out], [], days), new Fraction(percent, 100), 2);
          // What is paid exceeds amount × (1 + r)^(days ÷ 365) exactly if their 365th powers do.
          const most = BigInt(out[1]) ** 365n * BigInt(100 + percent) ** BigInt(days);
          const power = (minor: bigint) => minor ** 365n * 100n ** BigInt(days);
          expect(power(limit) <= most && most < power(limit + 1n)).toBe(true);
        },
      ),
    );
  });

  it('lets pay what makes the net present value at that return nothing, up to a cent', () => {
    fc.assert(
      fc.property(
        invested,
        received,
        fc.integer({ min: 901, max: 4000 }),
        fc.integer({ min: -20, max: 40 }),
        (outs, ins, paidOn, percent) => {
          const limit = Number(returnLimit(investmentOf(outs, ins, paidOn), new Fraction(percent, 100), 2));
          const discounted = ([at, minor]: [number, number]) => minor / (1 + percent / 100) ** (at / 365);
          const flows = [...outs.map(([at, minor]): [number, number] => [at, -minor]), ...ins];
          const netOf = (minor: number) =>
            [...flows, [paidOn, minor] as [number, number]].map(discounted).reduce((a, b) => a + b);
          // Floating point errs by far less than half a cent here.
          expect(netOf(limit - 0.5)).toBeLessThan(0);
          expect(netOf(limit + 1.5)).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('is decided exactly where the power is rational, to the cent itself', () => {
    const yearly = (years: number, rate: string, amount: string) =>
      returnLimit({ flows: [{ date: day(0), amount }], paidOn: day(365 * years) }, exactOf(rate), 2);
    expect(yearly(3, '0.15', '-270000')).toBe(41_063_625n);
    expect(yearly(2, '0.1', '-0.01')).toBe(1n);
    expect(yearly(7, '0', '-123.45')).toBe(12_345n);
    // 1.61051 = 1.1 to the fifth, so that 73 days make exactly 1.1.
    const fifth = (amount: string) =>
      returnLimit({ flows: [{ date: day(0), amount }], paidOn: day(73) }, exactOf('0.61051'), 2);
    expect(fifth('-10')).toBe(1100n);
    expect(fifth('-9.99')).toBe(1098n);
    // What is invested and received a broken year before cancels out: what is left is a whole year and exact.
    const flows = [
      { date: day(0), amount: '-100' },
      { date: day(100), amount: '-7' },
      { date: day(100), amount: '7' },
    ];
    expect(returnLimit({ flows, paidOn: day(365) }, exactOf('0.1'), 2)).toBe(11_000n);
  });

  it('pays no cent more, whatever the lines say, and nothing once the return is reached', () => {
    const decide = (amount: string, flows: [number, number][], back: [number, number][] = []) =>
      decideOutcome(termsWith([], [fixed('p', amount)], { returnCap: { rate: '0.1' }, rounding: 'up' }), {
        inputs: {},
        investment: investmentOf(flows, back, 730),
      });
    expect(decide('500', [[0, 10_000]])).toMatchObject({ amount: '121.00', reason: 'return-capped' });
    expect(decide('121', [[0, 10_000]])).toMatchObject({ amount: '121.00', reason: 'paid' });
    expect(decide('120.991', [[0, 10_000]])).toMatchObject({ amount: '121.00', reason: 'paid' });
    expect(decide('500', [[0, 10_000]], [[365, 20_000]])).toMatchObject({
      amount: '0.00',
      reason: 'return-capped',
    });
    expect(decide('-3', [[0, 10_000]])).toMatchObject({ amount: '-3.00', reason: 'receivable' });
  });
});

describe('roots', () => {
  it('are the largest integer whose power is not above', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 400n }),
        fc.constantFrom(1n, 2n, 5n, 73n, 365n),
        (n, k) => {
          const root = rootFloor(n, k);
          expect(root ** k <= n && (root + 1n) ** k > n).toBe(true);
        },
      ),
      {
        examples: [0n, 1n].flatMap(
          (n) =>
            [
              [n, 1n],
              [n, 5n],
              [n, 365n],
            ] as [bigint, bigint][],
        ),
      },
    );
  });

  it('find that a rate is a power of a simpler one', () => {
    expect(perfectRoot(exactOf('1.61051'), [365n, 73n, 5n])).toEqual({ base: exactOf('1.1'), m: 5n });
    expect(perfectRoot(exactOf('1'), [365n, 73n, 5n]).m).toBe(365n);
    expect(perfectRoot(exactOf('1.1'), [365n, 73n, 5n])).toEqual({ base: exactOf('1.1'), m: 1n });
  });
});

describe('payments', () => {
  it('add up whatever their order', () => {
    const amounts = fc.array(cents(1_000_000), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(amounts, (list) => {
        const lines = list.map((amount, at) =>
          payment({ kind: 'tariff', id: `p-${at}`, tariff: amount, count: '1' }),
        );
        const amountOf = (of: Payment[]) => decideOutcome(termsWith([], of), { inputs: {} }).amount;
        expect(amountOf(lines.toReversed())).toBe(amountOf(lines));
      }),
    );
  });
});
