import { exactOf } from '../exact.ts';
import { OutcomeError } from './outcome.errors.ts';
import { OutcomeResultsShape } from './results.shape.ts';
import type { OutcomeResults } from './results.shape.ts';
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
