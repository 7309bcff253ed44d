import type { ObligationDocument } from './obligation.store.ts';

/**
 * All of an obligation that never changes from the decision to the payment: what is owed to whom, out of what, and how it is booked.
 * One text for each obligation, as its id is in it.
 */
export function sealedText(of: ObligationDocument): string {
  return JSON.stringify([
    of._id,
    { decision: of.decisionId, tranche: of.tranche, origin: of.origin },
    { payee: of.payeeId, role: of.payeeRole },
    { amount: of.amount, currency: of.currency },
    { municipality: of.municipalityId, pilot: of.pilotId, project: of.projectId },
    { year: of.fiscalYear, costCentre: of.costCentre, account: of.account, vatCode: of.vatCode },
  ]);
}

/** Whether an obligation is stored as it was made out of its decision. */
export type IsSealed = (obligation: ObligationDocument) => boolean;

/** Names those that are not stored as they were made; null when all are. */
export function unsealedAmong(obligations: readonly ObligationDocument[], isSealed: IsSealed): string | null {
  const changed = obligations.filter((one) => !isSealed(one)).map(({ _id }) => _id);
  return changed.length === 0 ? null : `Not stored as it was decided: ${changed.join(', ')}`;
}
