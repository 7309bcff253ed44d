import { exactOf, zero } from '../exact.ts';
import { OutcomeError } from './outcome.errors.ts';
import type { PaymentOf } from './payment.shape.ts';
import { OutcomeResultsShape } from './results.shape.ts';
import type { OutcomeResults, Participants } from './results.shape.ts';
import { listed } from './shape.mistakes.ts';
import { inMinorUnits, parsed, requireAll } from './terms.rule.ts';
import type { OutcomeTerms } from './terms.shape.ts';

/**
 * Results that fit the terms, from JSON.
 * @throws OutcomeError with one of the codes of results
 */
export function readResults(json: unknown, terms: OutcomeTerms): OutcomeResults {
  const results = parsed(OutcomeResultsShape, json, 'results-malformed');
  requireInputs(results, terms);
  requireParticipants(results, terms);
  const payments = new Set(terms.payments.map(({ id }) => id));
  const unknown = Object.keys(results.paidBefore ?? {}).filter((id) => !payments.has(id));
  if (unknown.length > 0)
    throw new OutcomeError('payment-unknown', listed(unknown.map((id) => `the terms have no payment ${id}`)));
  for (const amount of Object.values(results.paidBefore ?? {})) inMinorUnits(amount, terms.currency);
  if (terms.returnCap && !results.investment)
    throw new OutcomeError('investment-missing', 'a cap on the return needs dated flows');
  if (!terms.returnCap && results.investment)
    throw new OutcomeError('investment-unexpected', 'dated flows are given, and the terms cap no return');
  return results;
}

function requireInputs({ inputs }: OutcomeResults, terms: OutcomeTerms): void {
  const known = new Set(terms.inputs.map(({ id }) => id));
  const unknown = Object.keys(inputs).filter((id) => !known.has(id));
  requireAll([
    ...unknown.map((id) => () => {
      throw new OutcomeError('input-unknown', `the terms have no input ${id}`);
    }),
    ...terms.inputs.map((input) => () => requireInput(input, inputs)),
  ]);
}

function requireInput(
  { id, min, max }: OutcomeTerms['inputs'][number],
  inputs: OutcomeResults['inputs'],
): void {
  const stated = Object.hasOwn(inputs, id) ? inputs[id] : undefined;
  if (stated === undefined)
    throw new OutcomeError('input-missing', `${id}: state a number, or null if it is not known yet`);
  if (stated === null) return;
  const value = exactOf(stated);
  if ((min !== undefined && value.lt(exactOf(min))) || (max !== undefined && value.gt(exactOf(max))))
    throw new OutcomeError(
      'input-out-of-range',
      `${id}: ${stated} is not from ${min ?? '…'} to ${max ?? '…'}`,
    );
}

/** Rows for every rate card and for nothing else, each of whole people and with every outcome. */
function requireParticipants({ participants = {} }: OutcomeResults, { payments }: OutcomeTerms): void {
  const cards = payments.filter((payment) => payment.kind === 'rateCard');
  const unknown = Object.keys(participants).filter((id) => !cards.some((card) => card.id === id));
  requireAll([
    ...unknown.map((id) => () => {
      throw new OutcomeError('input-unknown', `participants: the terms have no rate card ${id}`);
    }),
    ...cards.flatMap((card) => {
      const rows = Object.hasOwn(participants, card.id) ? participants[card.id] : undefined;
      if (rows === undefined) return [() => requireRows(card)];
      return (rows ?? []).map((row, index) => () => requireRow(card, row, `${card.id} row ${index + 1}`));
    }),
  ]);
}

function requireRows({ id }: PaymentOf<'rateCard'>): never {
  throw new OutcomeError(
    'input-missing',
    `participants.${id}: state rows, or null if they are not known yet`,
  );
}

function requireRow({ rates }: PaymentOf<'rateCard'>, row: Participants, where: string): void {
  const { count, outcomes, paidBefore = '0' } = row;
  const missing = rates.find(({ outcome }) => !Object.hasOwn(outcomes, outcome));
  if (missing)
    throw new OutcomeError('input-missing', `${where}: say how often ${missing.outcome} was reached`);
  const unknown = Object.keys(outcomes).find((name) => !rates.some(({ outcome }) => outcome === name));
  if (unknown) throw new OutcomeError('input-unknown', `${where}: the rate card has no ${unknown}`);
  const below = [count, paidBefore, ...Object.values(outcomes)].find((number) => exactOf(number).lt(zero));
  if (below) throw new OutcomeError('input-out-of-range', `${where}: ${below} is below zero`);
  if (exactOf(count).d !== 1n)
    throw new OutcomeError('input-out-of-range', `${where}: ${count} is no whole number of people`);
}
