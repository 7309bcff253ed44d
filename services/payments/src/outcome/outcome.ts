import { DomainError, sha256Of } from '@talkoot/http-service';
import { decideOutcome, OutcomeError } from '@talkoot/impact/outcome';
import type { OutcomeDecision, OutcomeResults, OutcomeTerms } from '@talkoot/impact/outcome';
import { add, money, moneyFromDecimal, sum, zero } from '@talkoot/money';
import type { Money } from '@talkoot/money';
import type { Team } from '../context.ts';
import type { OutcomeContractDocument, OutcomePayee } from './outcome.store.ts';

/** What a signature binds: who may be paid for what, and by which terms. */
export type ContractContent = Pick<
  OutcomeContractDocument,
  '_id' | 'municipalityId' | 'pilotId' | 'projectId' | 'terms' | 'payer' | 'payees' | 'besides'
>;

export function contentSha256(content: ContractContent): string {
  const { _id, municipalityId, pilotId, projectId, terms, payer, payees, besides } = content;
  return sha256Of({ _id, municipalityId, pilotId, projectId, terms, payer, payees, besides });
}

/** @throws DomainError `parties-differ` unless the payees are exactly those whom the payer pays by the terms. */
export function requireParties(
  { payments }: OutcomeTerms,
  payer: string,
  payees: readonly Pick<OutcomePayee, 'party'>[],
): void {
  const named = payees.map(({ party }) => party).toSorted();
  const paid = [
    ...new Set(payments.filter((one) => one.payer === payer).map(({ payee }) => payee)),
  ].toSorted();
  if (JSON.stringify(named) !== JSON.stringify(paid)) throw new DomainError('parties-differ');
}

/** @throws DomainError `own-payment` */
export function requireNotPaid(personId: string, payees: readonly OutcomePayee[]): void {
  if (payees.some(({ payeeId }) => payeeId === personId)) throw new DomainError('own-payment');
}

/**
 * Results are stated by somebody to whom it makes no difference: not a payee, not who agreed on the contract, not of the
 * team, and no investor or contractor at all.
 * @throws DomainError `interested-party`
 */
export function requireDisinterested(
  person: { readonly id: string; readonly rolesHere: readonly string[] },
  { payees, proposedBy, signedBy }: Pick<OutcomeContractDocument, 'payees' | 'proposedBy' | 'signedBy'>,
  team: Team,
): void {
  const interested = [
    proposedBy,
    signedBy,
    ...payees.map(({ payeeId }) => payeeId),
    ...team.members.map(({ personId }) => personId),
  ];
  const gains = person.rolesHere.some((role) => role === 'investor' || role === 'contractor');
  if (gains || interested.includes(person.id)) throw new DomainError('interested-party');
}

/** @throws DomainError `results-refused` */
export function decideBy(terms: OutcomeTerms, results: OutcomeResults): OutcomeDecision {
  return refusing('results-refused', () => decideOutcome(terms, results));
}

/** @throws DomainError of the code, with the reason, in place of an OutcomeError */
export function refusing<T>(code: 'terms-refused' | 'results-refused', work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof OutcomeError) throw new DomainError(code, `${error.code}: ${error.message}`);
    throw error;
  }
}

/** What a decision makes this payer owe each party, or each party owe it. */
export function partsOf({ subtotals, currency }: OutcomeDecision, payer: string): Map<string, Money> {
  const parts = new Map<string, Money>();
  for (const subtotal of subtotals.filter((one) => one.payer === payer)) {
    const before = parts.get(subtotal.payee) ?? zero(currency);
    parts.set(subtotal.payee, add(before, moneyFromDecimal(subtotal.paid, currency)));
  }
  return parts;
}

export interface Balance {
  readonly payable: readonly { readonly party: string; readonly amount: Money }[];
  readonly receivable: readonly { readonly party: string; readonly amount: Money }[];
}

export function balanceOf(parts: ReadonlyMap<string, Money>): Balance {
  const all = [...parts].map(([party, amount]) => ({ party, amount }));
  return {
    payable: all.filter(({ amount }) => amount.amount > 0),
    receivable: all
      .filter(({ amount }) => amount.amount < 0)
      .map(({ party, amount }) => ({ party, amount: money(-amount.amount, amount.currency) })),
  };
}

export const totalOf = (parts: readonly { readonly amount: Money }[], currency: string): number =>
  sum(
    parts.map(({ amount }) => amount),
    currency,
  ).amount;

/** Payments on each line so far, in minor units; with what this decision adds. */
export function paidWith(
  before: Readonly<Record<string, number>>,
  { lines, currency }: OutcomeDecision,
): Record<string, number> {
  const added = lines.map(({ payment, paid }) => {
    const total = add(money(before[payment] ?? 0, currency), moneyFromDecimal(paid, currency));
    return [payment, total.amount] as const;
  });
  return Object.fromEntries(added);
}

/** What one contract decided on a project. */
export interface DecidedResults {
  readonly contractId: string;
  /** Contracts whose results it does not pay for. */
  readonly besides: readonly string[];
  readonly decided: readonly string[];
}

/**
 * A result of a project is paid once over all contracts. Whoever signed a contract beside another one has looked at
 * what that pays for; of two that do not know of each other, only the first is decided. And whatever was signed, what is called the
 * same is the same result.
 * @throws DomainError `result-paid`
 */
export function requireUnpaid(
  { _id, besides }: Pick<OutcomeContractDocument, '_id' | 'besides'>,
  results: readonly string[],
  earlier: readonly DecidedResults[],
): void {
  for (const other of earlier.filter(({ contractId }) => contractId !== _id)) {
    if (!besides.includes(other.contractId) && !other.besides.includes(_id))
      throw new DomainError('result-paid', `neither contract is beside the other: ${other.contractId}`);
    const paid = results.filter((result) => other.decided.includes(result));
    if (paid.length > 0) throw new DomainError('result-paid', `${paid.join(', ')}: ${other.contractId}`);
  }
}
