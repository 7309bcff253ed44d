import type { Fraction } from 'fraction.js';
import type { Line } from '../computation.ts';
import { exactOf, shown, total, zero } from '../exact.ts';
import { bracketed, open } from './measure.formula.ts';
import type { Formula } from './measure.formula.ts';
import type { PaymentOf } from './payment.shape.ts';
import type { Reading } from './reading.ts';
import type { Participants } from './results.shape.ts';

interface Rate {
  readonly outcome: string;
  readonly tariff: Fraction;
}

/** What participants come to, each within the cap of a participant; one line of the computation for each row. */
export function byRateCard({ id, rates, participantCap }: PaymentOf<'rateCard'>, reading: Reading): Formula {
  const rows = reading.participantsOf(id);
  const known = rates.map(({ outcome, tariff }) => ({ outcome, tariff: reading.valueOf(tariff) }));
  if (rows === null || !known.every((rate): rate is Rate => rate.tariff !== null)) return open('');
  const told = rows.map((row) => rowOf(row, known, exactOf(participantCap)));
  const people = total(rows.map(({ count }) => exactOf(count)));
  return {
    value: total(told.map(({ value }) => value)),
    expression: `added up over ${shown(people)} participants, at most ${participantCap} for each`,
    steps: told.map(({ step }) => ({ ...step, label: `${id}, ${step.label}` })),
  };
}

function rowOf(
  { count, outcomes, paidBefore = '0' }: Participants,
  rates: readonly Rate[],
  cap: Fraction,
): { readonly value: Fraction; readonly step: Line } {
  const [heads, before] = [exactOf(count), exactOf(paidBefore)];
  const reached = rates.map(({ outcome, tariff }) => tariff.mul(exactOf(outcomes[outcome]!)));
  const each = total(reached);
  const left = cap.sub(before);
  const room = left.gt(zero) ? left : zero;
  const paid = each.gt(room) ? room : each;
  const value = heads.mul(paid);
  const already = before.equals(zero) ? '' : ` (${shown(before)} each paid before)`;
  const capped = paid.equals(each) ? '' : `, capped at ${shown(room)}`;
  const expression = `${sumText(rates, outcomes)} = ${shown(each)} each${already}${capped}; ${shown(heads)} × ${bracketed(paid)}`;
  return { value, step: { label: `${shown(heads)} participants alike`, expression, value: shown(value) } };
}

function sumText(rates: readonly Rate[], outcomes: Participants['outcomes']): string {
  const some = rates.filter(({ outcome }) => !exactOf(outcomes[outcome]!).equals(zero));
  return (
    some.map(({ outcome, tariff }) => `${outcome} ${outcomes[outcome]} × ${bracketed(tariff)}`).join(' + ') ||
    'no outcome'
  );
}
