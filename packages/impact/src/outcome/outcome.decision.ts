import { decimalOf, minorDigits, money, MoneyError } from '@talkoot/money';
import { Fraction } from 'fraction.js';
import type { Line } from '../computation.ts';
import { exactOf, shown, signOf, total, zero } from '../exact.ts';
import { evaluate } from './evaluation.ts';
import type { Evaluation } from './evaluation.ts';
import { apportion } from './apportionment.ts';
import { decimalText } from './decimal.ts';
import { bracketed } from './measure.formula.ts';
import { capGroups } from './group.cap.ts';
import { OutcomeError } from './outcome.errors.ts';
import { roomOf } from './payment.line.ts';
import { readResults } from './results.rule.ts';
import type { OutcomeResults } from './results.shape.ts';
import { returnLimit } from './return.cap.ts';
import { roundTo } from './rounding.ts';
import { readTerms } from './terms.rule.ts';
import type { OutcomeTerms } from './terms.shape.ts';

export interface OutcomeDecision {
  /** In currency units with all minor digits: `"266950.00"`. Below zero: the payee owes it to the payer. */
  readonly amount: string;
  readonly currency: string;
  /** What the lines of one group, payer and payee come to, and their part of the amount. */
  readonly subtotals: readonly OutcomeSubtotal[];
  /**
   * The first of these that holds, in this order: a cap that binds, above or below zero, open, rounded away, nothing.
   * - `paid`: above zero, as the lines say
   * - `amount-capped`, `return-capped`: less than the lines say, for that cap (the lower one); perhaps nothing
   * - `receivable`: below zero
   * - `open`: nothing, and a payment hangs on a number that is not known yet
   * - `below-minor-unit`: what remains is rounded to nothing
   * - `nothing-due`: nothing
   */
  readonly reason:
    | 'paid'
    | 'amount-capped'
    | 'return-capped'
    | 'receivable'
    | 'open'
    | 'below-minor-unit'
    | 'nothing-due';
  /** The payments that hang on a number that is not known yet, whatever the reason says. */
  readonly open: readonly string[];
  readonly computation: readonly Line[];
  /** Each payment of the terms; what it paid is `paidBefore` of the next decision. */
  readonly lines: readonly OutcomeLine[];
}

export interface OutcomeSubtotal {
  readonly group: string | null;
  readonly payer: string;
  readonly payee: string;
  /** After the cap of the group, before the caps of the whole contract, exactly: a decimal or `p/q`. */
  readonly amount: string;
  /** In currency units with all minor digits. Over all subtotals it adds up to the amount. */
  readonly paid: string;
}

export interface OutcomeLine {
  readonly payment: string;
  /** After the caps of the line and of its group, exactly; null while it hangs on something that is not known yet. */
  readonly amount: string | null;
  readonly paid: string;
}

/**
 * Decides an outcome contract. Measures → lines (in rate cards each participant's cap) → caps of lines → caps of
 * groups → subtotals → total → amount cap → cap on the return → rounding, all in exact rationals. Terms and results are checked first, so they may come from anywhere.
 * @throws OutcomeError
 */
export function decideOutcome(terms: OutcomeTerms, results: OutcomeResults): OutcomeDecision {
  const read = readTerms(terms);
  const given = readResults(results, read);
  const evaluation = capGroups(read, given, evaluate(read, given));
  const amounts = evaluation.lines.map(({ value }) => value ?? zero);
  const sum = total(amounts);
  const capped = cap(read, given, sum);
  const digits = minorDigits(read.currency);
  const amount = roundTo(capped.value, digits, read.rounding);
  const inCurrency = (value: Fraction) => currencyText(value, read.currency, digits);
  const parts = apportion(amount, amounts, capped.value, digits);
  return {
    amount: inCurrency(amount),
    currency: read.currency,
    subtotals: subtotalsOf(evaluation, parts, inCurrency),
    reason: reasonOf({ evaluation, sum, amount, cap: capped.by }),
    open: evaluation.lines.filter(({ value }) => value === null).map(({ payment }) => payment.id),
    computation: [
      ...evaluation.computation,
      { label: 'total', expression: sumText(amounts), value: shown(sum) },
      ...capped.lines,
      {
        label: 'amount',
        expression: `rounded ${read.rounding}`,
        value: `${inCurrency(amount)} ${read.currency}`,
      },
    ],
    lines: evaluation.lines.map(({ payment, value }, index) => ({
      payment: payment.id,
      amount: value === null ? null : decimalText(value),
      paid: inCurrency(parts[index]!),
    })),
  };
}

interface Capped {
  readonly value: Fraction;
  readonly by: 'amount-capped' | 'return-capped' | null;
  readonly lines: readonly Line[];
}

function cap(terms: OutcomeTerms, results: OutcomeResults, sum: Fraction): Capped {
  const limited = capAmount(terms, results, sum);
  if (!terms.returnCap || !results.investment) return limited;
  const digits = minorDigits(terms.currency);
  const limit = new Fraction(
    returnLimit(results.investment, exactOf(terms.returnCap.rate), digits),
    10n ** BigInt(digits),
  );
  const room = limit.gt(zero) ? limit : zero;
  const binds = limited.value.gt(room);
  const line = {
    label: `cap on the return: ${terms.returnCap.rate} a year`,
    expression: `at most ${shown(limit)} on ${results.investment.paidOn}`,
    value: shown(binds ? room : limited.value),
  };
  if (!binds) return { ...limited, lines: [...limited.lines, line] };
  return { value: room, by: 'return-capped', lines: [...limited.lines, line] };
}

function capAmount({ amountCap }: OutcomeTerms, { paidBefore = {} }: OutcomeResults, sum: Fraction): Capped {
  if (!amountCap) return { value: sum, by: null, lines: [] };
  const before = total(Object.values(paidBefore).map(exactOf));
  const room = roomOf({ most: exactOf(amountCap.amount), over: amountCap.over }, before);
  const binds = sum.gt(room);
  const value = binds ? room : sum;
  const already = amountCap.over === 'contract' ? ` − ${shown(before)} paid before` : '';
  const line = {
    label: 'amount cap',
    expression: `at most ${amountCap.amount}${already}`,
    value: shown(value),
  };
  return { value, by: binds ? 'amount-capped' : null, lines: [line] };
}

function subtotalsOf(
  { lines }: Evaluation,
  parts: readonly Fraction[],
  inCurrency: (value: Fraction) => string,
): OutcomeSubtotal[] {
  const keyOf = ({ payment }: Evaluation['lines'][number]) =>
    JSON.stringify([payment.group ?? null, payment.payer, payment.payee]);
  return [...new Set(lines.map(keyOf))].map((key) => {
    const [group, payer, payee] = JSON.parse(key) as [string | null, string, string];
    const sumOf = (values: readonly Fraction[]) =>
      total(values.filter((_, index) => keyOf(lines[index]!) === key));
    const amount = decimalText(sumOf(lines.map(({ value }) => value ?? zero)));
    return { group, payer, payee, amount, paid: inCurrency(sumOf(parts)) };
  });
}

function reasonOf({
  evaluation,
  sum,
  amount,
  cap,
}: {
  readonly evaluation: Evaluation;
  readonly sum: Fraction;
  readonly amount: Fraction;
  readonly cap: Capped['by'];
}): OutcomeDecision['reason'] {
  if (cap) return cap;
  if (signOf(amount) !== 0) return signOf(amount) > 0 ? 'paid' : 'receivable';
  if (evaluation.lines.some(({ value }) => value === null)) return 'open';
  return signOf(sum) === 0 ? 'nothing-due' : 'below-minor-unit';
}

function sumText(amounts: readonly Fraction[]): string {
  const some = amounts.filter((amount) => signOf(amount) !== 0);
  return some.length === 1 ? shown(some[0]!) : some.map(bracketed).join(' + ') || '0';
}

function currencyText(value: Fraction, currency: string, digits: number): string {
  const minor = value.mul(10n ** BigInt(digits));
  try {
    return decimalOf(money(minor.s * minor.n, currency));
  } catch (error) {
    if (error instanceof MoneyError) throw new OutcomeError('amount-unsafe', error.message);
    throw error;
  }
}
