import { DomainError, sha256Of } from '@talkoot/http-service';
import type { AttemptDocument, ObligationDocument } from '../obligation/obligation.store.ts';
import { unsealedAmong } from '../obligation/obligation.seal.ts';
import type { IsSealed } from '../obligation/obligation.seal.ts';
import { attemptIdOf, endToEndIdOf, requireOpen } from '../obligation/obligation.ts';
import { payrollDestination } from '../payee/payee.store.ts';
import type { Destination } from '../payee/payee.store.ts';
import { asOf, isRegistered } from '../payee/payee.ts';
import type { Payee } from '../payee/payee.ts';
import type { BatchDocument } from './batch.store.ts';

/** An attempt of a batch, and what it pays. */
export interface BatchLine {
  readonly attempt: AttemptDocument;
  readonly obligation: ObligationDocument;
}

type Frame = Pick<BatchDocument, '_id' | 'municipalityId' | 'pilotId' | 'currency' | 'total'>;

/**
 * What approver and releaser sign: every payment with its payee, its amount, what is owed and where it goes, in the order of their
 * ids. Account numbers enter by their fingerprint and as they are sealed: neither says anything without the payee's key.
 */
export function batchHash(batch: Frame, lines: readonly BatchLine[]): string {
  const { _id, municipalityId, pilotId, currency, total } = batch;
  const signed = lines
    .toSorted((a, b) => (a.attempt.obligationId < b.attempt.obligationId ? -1 : 1))
    .map(({ attempt, obligation }) => [
      attempt.obligationId,
      attempt.endToEndId,
      obligation.payeeId,
      { owed: [obligation.amount, obligation.currency], paid: [attempt.amount, attempt.currency] },
      attempt.destination.method,
      attempt.destination.fingerprint,
      attempt.destination.sealed,
    ]);
  return sha256Of({ _id, municipalityId, pilotId, currency, total }, signed);
}

/**
 * Whoever signed saw these payments, and no others, and each is of what was decided.
 * @throws DomainError `batch-changed` when batch, attempts or obligations are not stored as they were when the batch was proposed, or
 * obligations not as they were made
 */
export function requireUnedited(
  batch: Frame & Pick<BatchDocument, 'sha256'>,
  lines: readonly BatchLine[],
  isSealed: IsSealed,
): void {
  if (batchHash(batch, lines) !== batch.sha256) throw new DomainError('batch-changed');
  const owed = lines.map(({ obligation }) => obligation);
  const changed = unsealedAmong(owed, isSealed);
  if (changed) throw new DomainError('batch-changed', changed);
}

/**
 * A batch is proposed of what was decided only.
 * @throws DomainError `obligation-changed` that names those that are not stored as they were made
 */
export function requireSealed(found: readonly ObligationDocument[], isSealed: IsSealed): void {
  const changed = unsealedAmong(found, isSealed);
  if (changed) throw new DomainError('obligation-changed', changed);
}

/** @throws DomainError `obligation-repeated` */
export function requireDistinct(ids: readonly string[]): void {
  if (new Set(ids).size !== ids.length) throw new DomainError('obligation-repeated');
}

/** @throws DomainError `obligation-unknown`, `obligation-not-open` or `batch-mixes-pilots` */
export function requireBatchable(ids: readonly string[], found: readonly ObligationDocument[]): void {
  if (found.length !== ids.length) throw new DomainError('obligation-unknown');
  for (const obligation of found) requireOpen(obligation);
  if (new Set(found.map(({ pilotId }) => pilotId)).size > 1) throw new DomainError('batch-mixes-pilots');
}

/** @throws DomainError `own-payment` for whoever is among the payees */
export function requireUnpaid(payees: readonly { readonly payeeId: string }[], personId: string): void {
  if (payees.some(({ payeeId }) => payeeId === personId)) throw new DomainError('own-payment');
}

/**
 * Where a payment goes. Wages go through payroll, and so does what other people get, as tax is withheld from it too, unless they are
 * registered for prepayment and named an account. Companies are paid to their account.
 * @throws DomainError `payee-details-missing`
 */
export function destinationFor(
  obligation: ObligationDocument,
  details: Payee | undefined,
  at: Date,
): Destination {
  if (obligation.payeeRole === 'civil-servant') return payrollDestination;
  const payee = details && asOf(details, at);
  const missing = new DomainError('payee-details-missing', `Payee of ${obligation._id}`);
  if (!payee || payee.method === null) throw missing;
  const isPerson = obligation.payeeRole === 'champion' || obligation.payeeRole === 'volunteer';
  if (isPerson && (payee.method === 'payroll' || !isRegistered(payee, at))) return payrollDestination;
  if (!payee.account || payee.method === 'payroll') throw missing;
  const { masked, fingerprint, sealed } = payee.account;
  return { method: 'bank', masked, fingerprint, sealed };
}

/** The next attempt to pay an obligation. */
export function attemptFor(
  obligation: ObligationDocument,
  batchId: string,
  destination: Destination,
): AttemptDocument {
  const number = obligation.attempts + 1;
  return {
    _id: attemptIdOf(obligation._id, number),
    obligationId: obligation._id,
    municipalityId: obligation.municipalityId,
    batchId,
    number,
    endToEndId: endToEndIdOf(obligation._id, number),
    destination,
    amount: obligation.amount,
    currency: obligation.currency,
    state: 'batched',
    open: true,
    reasonCode: null,
    instructedAt: null,
    settledAt: null,
    rejectedAt: null,
    returnedAt: null,
  };
}
