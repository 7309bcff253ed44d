import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideOutcome } from './index.ts';
import { fixed, measure, payment, termsWith } from './outcome.fixture.ts';
import type { Payment } from './payment.shape.ts';

/** A fraction of the reference: two whole numbers, never reduced, and no code of ours. */
type Part = readonly [bigint, bigint];
const plus = ([a, b]: Part, [c, d]: Part): Part => [a * d + c * b, b * d];
const times = ([a, b]: Part, [c, d]: Part): Part => [a * c, b * d];
const isMore = ([a, b]: Part, [c, d]: Part) => a * d > c * b;
const whole = (n: number): Part => [BigInt(n), 1n];
const none: Part = [0n, 1n];
const sumOf = (parts: readonly Part[]) => parts.reduce(plus, none);

/** As decisions print an exact amount: `2.75` or `13/155`. */
function partOf(text: string): Part {
  const [top = '', bottom = '1'] = text.split('/');
  const [units = '', decimals = ''] = top.split('.');
  return [BigInt(`${units}${decimals}`), BigInt(bottom) * 10n ** BigInt(decimals.length)];
}
const isSame = ([a, b]: Part, [c, d]: Part) => a * d === c * b;

interface Row {
  readonly count: number;
  readonly reached: readonly number[];
  readonly before: number;
}

/** One participant after another, one outcome after another, until nothing is left of the cap. */
function paidToParticipants(rows: readonly Row[], tariffs: readonly number[], cap: number): number {
  let paid = 0;
  for (const { count, reached, before } of rows)
    for (let participant = 0; participant < count; participant += 1) {
      let left = Math.max(0, cap - before);
      for (const [index, times] of reached.entries())
        for (let time = 0; time < times; time += 1) {
          const pays = Math.min(tariffs[index]!, left);
          left -= pays;
          paid += pays;
        }
    }
  return paid;
}

/** What the lines of a group keep: taken off a group that is over, from who is paid, by the share of each. */
function keptOf(lines: readonly Part[], most: Part): readonly Part[] {
  if (!isMore(sumOf(lines), most)) return lines;
  const above = lines.filter((line) => isMore(line, none));
  const over = plus(sumOf(lines), times([-1n, 1n], most));
  const [top, bottom] = sumOf(above);
  return lines.map((line) => {
    if (!isMore(line, none)) return line;
    const share = times(line, [bottom, top]);
    return plus(line, times([-1n, 1n], times(over, share)));
  });
}

const small = (max: number) => fc.integer({ min: 0, max });

describe('a rate card', () => {
  it('pays what is found by counting participant by participant', () => {
    const row = fc.record({
      count: small(9),
      reached: fc.tuple(small(3), small(3), small(3)),
      before: small(900),
    });
    const card = fc.record({
      rows: fc.array(row, { maxLength: 6 }),
      tariffs: fc.tuple(small(400), small(400), small(400)),
      cap: small(1500),
    });
    fc.assert(
      fc.property(card, ({ rows, tariffs, cap }) => {
        const outcomes = ['school', 'work', 'home'];
        const rates = outcomes.map((outcome, at) => ({ outcome, tariff: String(tariffs[at]) }));
        const terms = termsWith(
          [],
          [payment({ kind: 'rateCard', id: 'card', rates, participantCap: String(cap) })],
        );
        const participants = rows.map(({ count, reached, before }) => ({
          count: String(count),
          outcomes: Object.fromEntries(outcomes.map((name, at) => [name, String(reached[at])])),
          paidBefore: String(before),
        }));
        const decision = decideOutcome(terms, { inputs: {}, participants: { card: participants } });
        expect(Number(decision.amount)).toBe(paidToParticipants(rows, tariffs, cap));
        expect(decision.computation.filter(({ label }) => label.startsWith('card, '))).toHaveLength(
          rows.length,
        );
      }),
    );
  });
});

describe('a product, within the cap of its line and then of its group', () => {
  const line = fc.record({
    heads: small(500),
    per: fc.integer({ min: -300, max: 300 }),
    by: fc.integer({ min: 1, max: 97 }),
    cap: fc.option(small(40_000)),
    group: fc.constantFrom('first', 'second', null),
    before: small(5000),
  });

  it('pays what other arithmetic gives, in this order', () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 7 }),
        fc.tuple(small(60_000), small(60_000)),
        (lines, [first, second]) => {
          const measures = lines.flatMap(({ heads, per, by }, at) => [
            measure({ kind: 'ratio', id: `each-${at}`, of: String(per), by: String(by) }),
            measure({ kind: 'product', id: `all-${at}`, factors: [String(heads), `each-${at}`] }),
          ]);
          const payments = lines.map(({ cap, group }, at): Payment =>
            fixed(`p-${at}`, `all-${at}`, {
              ...(cap === null ? {} : { cap: { amount: String(cap), over: 'decision' } }),
              ...(group === null ? {} : { group }),
            }),
          );
          const groupCaps = Object.entries({ first, second })
            .filter(([group]) => lines.some((one) => one.group === group))
            .map(([group, amount]) => ({ group, amount: String(amount), over: 'contract' as const }));
          const decision = decideOutcome(termsWith([], payments, { measures, groupCaps }), {
            inputs: {},
            paidBefore: Object.fromEntries(lines.map(({ before }, at) => [`p-${at}`, String(before)])),
          });

          const own = lines.map(({ heads, per, by, cap }): Part => {
            const value: Part = [BigInt(heads) * BigInt(per), BigInt(by)];
            return cap !== null && isMore(value, whole(cap)) ? whole(cap) : value;
          });
          const kept = [...own];
          for (const [group, most] of Object.entries({ first, second })) {
            const members = [...lines.keys()].filter((at) => lines[at]!.group === group);
            const before = members.reduce((sum, at) => sum + lines[at]!.before, 0);
            const cut = keptOf(
              members.map((at) => own[at]!),
              whole(Math.max(0, most - before)),
            );
            for (const [index, at] of members.entries()) kept[at] = cut[index]!;
          }
          for (const [at, { amount }] of decision.lines.entries())
            expect(isSame(partOf(amount!), kept[at]!)).toBe(true);
          const net = Number(decision.amount);
          const [top, bottom] = sumOf(kept);
          expect(Math.abs(net - Number((top * 1000n) / bottom) / 1000)).toBeLessThan(0.0071);
        },
      ),
    );
  });
});
