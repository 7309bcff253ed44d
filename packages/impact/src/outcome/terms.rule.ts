import { MoneyError, moneyFromDecimal } from '@talkoot/money';
import type { z } from 'zod';
import { exactOf, zero } from '../exact.ts';
import { requireAnchors } from './anchors.ts';
import { isEmpty } from './condition.ts';
import { dependenciesOf, requireAcyclic } from './dependency.ts';
import type { Measure } from './measure.shape.ts';
import { OutcomeError } from './outcome.errors.ts';
import type { OutcomeErrorCode } from './outcome.errors.ts';
import { requireShare } from './payment.line.ts';
import type { Payment, PaymentOf } from './payment.shape.ts';
import { listed, mistakesText } from './shape.mistakes.ts';
import { OutcomeTermsShape } from './terms.shape.ts';
import type { OutcomeTerms } from './terms.shape.ts';
import { requireTiers } from './tiers.ts';

/**
 * Terms that can be decided, from JSON.
 * @throws OutcomeError with one of the codes of terms
 */
export function readTerms(json: unknown): OutcomeTerms {
  const terms = parsed(OutcomeTermsShape, json, 'terms-malformed');
  requireNames(terms);
  requireAll([
    ...terms.payments.map((payment) => () => requireDecidable(payment, terms)),
    ...[...terms.inputs, ...terms.measures].map((one) => () => requireRange(one)),
    () => requireGroups(terms),
    () => requireMoney(terms),
    () => requireOnePayee(terms),
  ]);
  return terms;
}

/**
 * Every mistake is told at once, under the code of the first.
 * @throws OutcomeError
 */
export function requireAll(rules: readonly (() => void)[]): void {
  const mistakes = rules.flatMap((rule) => {
    try {
      rule();
      return [];
    } catch (error) {
      if (error instanceof OutcomeError) return [error];
      throw error;
    }
  });
  const [first] = mistakes;
  if (first) throw new OutcomeError(first.code, listed(mistakes.map(({ message }) => message)));
}

export function parsed<Shape extends z.ZodType>(
  shape: Shape,
  json: unknown,
  code: OutcomeErrorCode,
): z.infer<Shape> {
  const result = shape.safeParse(json);
  if (result.success) return result.data;
  throw new OutcomeError(code, mistakesText(result.error.issues, json));
}

function requireNames(terms: OutcomeTerms): void {
  const all = [...terms.inputs, ...terms.measures, ...terms.payments].map(({ id }) => id);
  const repeated = all.find((id, index) => all.indexOf(id) !== index);
  if (repeated) throw new OutcomeError('id-repeated', `${repeated} names two things`);
  const values = new Set([...terms.inputs, ...terms.measures].map(({ id }) => id));
  const payments = new Set(terms.payments.map(({ id }) => id));
  const dependencies = dependenciesOf(terms);
  const unknown = dependencies.flatMap(({ id, values: used, payments: waited }) =>
    [...used.filter((name) => !values.has(name)), ...waited.filter((name) => !payments.has(name))].map(
      (name) => `${id}: there is no ${name}`,
    ),
  );
  if (unknown.length > 0) throw new OutcomeError('name-unknown', listed(unknown));
  requireAcyclic(dependencies);
}

/** Every cap is of a group that there is, and a group has one. */
function requireGroups({ groupCaps = [], payments }: OutcomeTerms): void {
  const groups = new Set(payments.map(({ group }) => group));
  const named = groupCaps.map(({ group }) => group);
  const unknown = named.filter((group) => !groups.has(group));
  if (unknown.length > 0)
    throw new OutcomeError(
      'name-unknown',
      listed(unknown.map((group) => `groupCaps: no payment is of group ${group}`)),
    );
  requireDistinct('groupCaps', named);
}

/** @throws OutcomeError `id-repeated` */
function requireDistinct(where: string, names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated) throw new OutcomeError('id-repeated', `${where}: ${repeated} is stated twice`);
}

function requireDecidable(payment: Payment, terms: OutcomeTerms): void {
  const { id, when = [], cap } = payment;
  const conditions = [...when, ...(payment.kind === 'anchors' ? (payment.floor?.when ?? []) : [])];
  if (conditions.some(isEmpty))
    throw new OutcomeError('range-empty', `${id}: a condition that nothing meets, or without a bound`);
  if (cap && isNumber(cap.amount) && exactOf(cap.amount).lt(zero))
    throw new OutcomeError('range-empty', `${id}: a cap below zero`);
  if ('weight' in payment && payment.weight !== undefined && exactOf(payment.weight).lt(zero))
    throw new OutcomeError('out-of-range', `${id}: a weight below zero`);
  if (payment.kind === 'tiers') requireTiers(id, payment.tiers);
  if (payment.kind === 'anchors') requireAnchors(id, payment.anchors);
  if (payment.kind === 'waterfall') requireSteps(payment);
  if (payment.kind === 'rateCard') requireRates(payment);
  if (payment.kind !== 'saving') return;
  if (isNumber(payment.share)) requireShare(id, exactOf(payment.share));
  requireHeads(payment, terms);
}

function requireRates({ id, rates, participantCap }: PaymentOf<'rateCard'>): void {
  requireDistinct(
    id,
    rates.map(({ outcome }) => outcome),
  );
  if (exactOf(participantCap).lt(zero))
    throw new OutcomeError('range-empty', `${id}: a cap of the participant below zero`);
}

function requireSteps({ id, steps }: PaymentOf<'waterfall'>): void {
  const ends = steps.map(({ until }) => until !== undefined);
  if (ends.at(-1) || ends.slice(0, -1).includes(false))
    throw new OutcomeError('steps-unordered', `${id}: every step but the last has an end`);
  for (const { share, until } of steps) {
    const exact = exactOf(share);
    requireShare(id, exact);
    if (until !== undefined && exact.equals(zero))
      throw new OutcomeError('out-of-range', `${id}: the share of a step with an end is above 0`);
  }
  const fixed = steps.map(({ until }) => until).filter((until) => until !== undefined && isNumber(until));
  if (fixed.slice(1).some((until, index) => exactOf(until!).lt(exactOf(fixed[index]!))))
    throw new OutcomeError('steps-unordered', `${id}: the ends of the steps rise`);
}

/** A saving needs heads: its own, or those for whom its measure is payable. */
function requireHeads({ id, measure, heads }: PaymentOf<'saving'>, { measures }: OutcomeTerms): void {
  if (heads !== undefined) return;
  if (measures.find((one) => one.id === measure)?.payable?.count === undefined)
    throw new OutcomeError(
      'name-unknown',
      `${id}: neither it nor ${measure} counts the heads it is paid for`,
    );
}

const isNumber = (operand: string): boolean => /^-?\d/.test(operand);

function requireRange({ id, min, max }: OutcomeTerms['inputs'][number] | Measure): void {
  if (min !== undefined && max !== undefined && exactOf(min).gt(exactOf(max)))
    throw new OutcomeError('range-empty', `${id}: nothing is from ${min} to ${max}`);
}

function requireMoney({ currency, groupCaps = [], amountCap, returnCap }: OutcomeTerms): void {
  if (inMinorUnits(amountCap?.amount ?? '0', currency) < 0)
    throw new OutcomeError('range-empty', 'the amount cap is below zero');
  for (const { group, amount } of groupCaps)
    if (inMinorUnits(amount, currency) < 0)
      throw new OutcomeError('range-empty', `the cap of ${group} is below zero`);
  if (returnCap && exactOf(returnCap.rate).lte(-1))
    throw new OutcomeError('range-empty', 'no return is −100 % or less');
  if (returnCap && exactOf(returnCap.rate).gte(1))
    throw new OutcomeError(
      'out-of-range',
      `returnCap.rate: ${returnCap.rate} is 100 % a year or more; 0.08 is 8 %; 8 would be 800 %`,
    );
}

/** @throws OutcomeError `currency-unknown`, `amount-too-precise`, `amount-unsafe` */
export function inMinorUnits(amount: string, currency: string): number {
  try {
    return moneyFromDecimal(amount, currency).amount;
  } catch (error) {
    const code = error instanceof MoneyError ? error.code : null;
    if (code === 'currency-unknown' || code === 'amount-too-precise' || code === 'amount-unsafe')
      throw new OutcomeError(code, `${amount} ${currency}`);
    throw error;
  }
}

/** The return of investors is one series of flows: it cannot be told from what somebody else is paid. */
function requireOnePayee({ returnCap, payments }: OutcomeTerms): void {
  if (returnCap && new Set(payments.map(({ payee }) => payee)).size > 1)
    throw new OutcomeError('payees-differ', 'a cap on the return needs a single payee');
}
