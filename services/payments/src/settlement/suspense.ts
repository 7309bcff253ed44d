import type { Resolution } from '@talkoot/api-contracts/payments';
import { DomainError, sha256Of } from '@talkoot/http-service';
import type { TextRef } from '@talkoot/api-contracts';
import { decimalOf, minorDigits, money } from '@talkoot/money';
import type { Money } from '@talkoot/money';
import type { AttemptDocument } from '../obligation/obligation.store.ts';
import type { OutcomeContractDocument } from '../outcome/outcome.store.ts';
import type { SuspenseDocument } from './settlement.store.ts';

/** What the second person confirms: item, resolution and reason. */
export const proposalHash = (suspenseId: string, resolution: Resolution, reason: TextRef): string =>
  sha256Of(suspenseId, resolution, reason.sha256);

/** What a resolution is about. */
export interface Surroundings {
  /** The attempts that it names, of this municipality. */
  readonly attempts: readonly AttemptDocument[];
  /** The other item that it names. */
  readonly other: SuspenseDocument | null;
  /** The outcome contract that it names. */
  readonly contract: OutcomeContractDocument | null;
}

/** @throws DomainError `suspense-resolved`, `fee-too-high`, or `resolution-unfit`, which says why */
export function requireFit(item: SuspenseDocument, resolution: Resolution, around: Surroundings): void {
  if (item.state === 'resolved') throw new DomainError('suspense-resolved');
  const why = unfit(item, resolution, around);
  if (why) throw new DomainError('resolution-unfit', why);
  if (resolution.as === 'returned') requireUsualFee(resolution.fee, around.attempts[0]!);
}

/**
 * The most that a bank may have kept of what came back, in minor units: a twentieth of the payment, though 5.00 of small ones and 50.00
 * of large ones. More than that is no fee but money that is missing.
 */
export function mostFee({ amount, currency }: Money): number {
  const major = 10 ** minorDigits(currency);
  return Math.min(Math.max(Math.floor(amount / 20), 5 * major), 50 * major);
}

function requireUsualFee(fee: Money, { amount, currency }: AttemptDocument): void {
  const most = mostFee({ amount, currency });
  if (fee.amount > most) throw new DomainError('fee-too-high', `At most ${inText(most, currency)}`);
}

function unfit(item: SuspenseDocument, resolution: Resolution, around: Surroundings): string | null {
  const movedNothing = item.way === 'none' || item.amount === null || item.amount <= 0;
  if (resolution.as === 'noted') return movedNothing ? null : 'Money moved: it cannot only be noted';
  if (movedNothing) return 'No money moved: it can only be noted';
  if (resolution.as === 'matched') return unmatched(item, resolution.attemptIds, around.attempts);
  if (resolution.as === 'returned') return unreturned(item, resolution, around.attempts);
  if (resolution.as === 'offset') return unbalanced(item, around.other);
  if (resolution.as === 'receivable') return undue(item, resolution.amount, around.contract);
  return null;
}

/** What came in pays at most what is due, in the currency of the contract. */
function undue(
  { way, amount, currency }: SuspenseDocument,
  part: Money | undefined,
  contract: OutcomeContractDocument | null,
): string | null {
  if (way !== 'in') return 'Money left: nobody paid with it';
  if (!contract) return 'The contract is not of this municipality';
  if (currency !== contract.currency || (part && part.currency !== currency))
    return `The contract is in ${contract.currency}`;
  const paid = part?.amount ?? amount!;
  if (paid <= 0 || paid > amount!) return 'It is not a part of what came in';
  const due = contract.receivable - contract.received;
  return paid <= due
    ? null
    : `The contract is owed ${inText(due, currency)}: name no more than that as its part`;
}

const inText = (amount: number, currency: string) => `${decimalOf(money(amount, currency))} ${currency}`;

/** Money that left settles payments in transit; money that came in returns settled ones. To the cent. */
function unmatched(
  { way, amount, currency }: SuspenseDocument,
  ids: readonly string[],
  attempts: readonly AttemptDocument[],
): string | null {
  if (new Set(ids).size !== ids.length) return 'A payment is named twice';
  if (attempts.length !== ids.length) return 'A payment is not of this municipality';
  const wage = attempts.find(({ destination }) => destination.method !== 'bank');
  if (wage) return `${wage.endToEndId} is paid through payroll, whose receipt settles it`;
  const expected = way === 'out' ? 'in-transit' : 'settled';
  const other = attempts.find(({ state }) => state !== expected);
  if (other) return `${other.endToEndId} is ${other.state}, not ${expected}`;
  const sum = attempts.reduce((total, one) => total + BigInt(one.amount), 0n);
  const isExact = sum === BigInt(amount!) && attempts.every((one) => one.currency === currency);
  return isExact ? null : 'The payments do not add up to what moved';
}

/** What came in and the fee are what was paid, to the cent. */
function unreturned(
  { way, amount, currency }: SuspenseDocument,
  { fee }: Extract<Resolution, { as: 'returned' }>,
  [attempt]: readonly AttemptDocument[],
): string | null {
  if (way !== 'in') return 'Money left: nothing came back';
  if (!attempt) return 'The payment is not of this municipality';
  const { endToEndId, destination, state } = attempt;
  if (destination.method !== 'bank') return `${endToEndId} is paid through payroll, whose receipt settles it`;
  if (state !== 'settled') return `${endToEndId} is ${state}, not settled`;
  if (attempt.currency !== currency || fee.currency !== currency)
    return `The payment is in ${attempt.currency}`;
  if (fee.amount <= 0) return 'Without a fee it is matched, and not this';
  const isExact = BigInt(amount!) + BigInt(fee.amount) === BigInt(attempt.amount);
  return isExact ? null : 'What came in and the fee are not what was paid';
}

function unbalanced(item: SuspenseDocument, other: SuspenseDocument | null): string | null {
  if (!other || other.state === 'resolved') return 'The other item is not open here';
  if (other.way === item.way || other.way === 'none') return 'The other item did not move the other way';
  const isEqual = other.amount === item.amount && other.currency === item.currency;
  return isEqual ? null : 'The other item has another amount';
}
