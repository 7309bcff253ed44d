import type { Fraction } from 'fraction.js';
import type { Line } from '../computation.ts';
import { exactOf, shown, total } from '../exact.ts';
import { cut } from './apportionment.ts';
import { paidEarlier } from './evaluation.ts';
import type { Evaluation } from './evaluation.ts';
import { roomOf } from './payment.line.ts';
import type { OutcomeResults } from './results.shape.ts';
import type { OutcomeTerms } from './terms.shape.ts';

type Lines = Evaluation['lines'];
type Cap = NonNullable<OutcomeTerms['groupCaps']>[number];

/** Lines after the caps of their groups. What is still open has nothing that could be cut. */
export function capGroups(
  { groupCaps = [] }: OutcomeTerms,
  results: OutcomeResults,
  { lines, computation }: Evaluation,
): Evaluation {
  const earlier = paidEarlier(results);
  const capped = groupCaps.map((cap) => capGroup(cap, lines, earlier));
  const kept = new Map(capped.flatMap(({ values }) => values));
  return {
    lines: lines.map(({ payment, value }) => ({ payment, value: kept.get(payment.id) ?? value })),
    computation: [...computation, ...capped.map(({ told }) => told)],
  };
}

function capGroup(
  cap: Cap,
  lines: Lines,
  earlier: (paymentId: string) => Fraction,
): { readonly values: (readonly [paymentId: string, value: Fraction])[]; readonly told: Line } {
  const members = lines.filter(({ payment }) => payment.group === cap.group);
  const known = members.flatMap(({ payment: { id }, value }) =>
    value === null ? [] : [[id, value] as const],
  );
  const amounts = known.map(([, value]) => value);
  const before = total(members.map(({ payment }) => earlier(payment.id)));
  const [sum, room] = [total(amounts), roomOf({ most: exactOf(cap.amount), over: cap.over }, before)];
  const binds = sum.gt(room);
  const kept = binds ? cut(amounts, room) : amounts;
  const already = cap.over === 'contract' ? ` − ${shown(before)} paid before` : '';
  return {
    values: known.map(([id], index) => [id, kept[index]!]),
    told: {
      label: `cap of ${cap.group}`,
      expression: `${shown(sum)}, at most ${cap.amount}${already}`,
      value: shown(binds ? room : sum),
    },
  };
}
