import { money } from '@talkoot/money';
import type { OutcomeContractDocument, OutcomeDecisionDocument } from './outcome.store.ts';

/** As everybody may see it: payees by their party and role. `paid` is what has reached them, in minor units. */
export function contractView(contract: OutcomeContractDocument, paid: number) {
  const {
    pilotId,
    projectId,
    state,
    sha256,
    payer,
    payees,
    besides,
    decisions,
    proposedBy,
    signedBy,
    ended,
  } = contract;
  const of = (amount: number) => money(amount, contract.currency);
  const isInForce = state === 'signed';
  return {
    contractId: contract._id,
    pilotId,
    projectId,
    state,
    title: contract.terms.title,
    sha256,
    payer,
    payees: payees.map(({ party, role }) => ({ party, role })),
    besides,
    maximum: of(contract.maximum),
    reserved: of(contract.signedAt === null ? 0 : contract.maximum),
    awarded: of(contract.awarded),
    paid: of(paid),
    open: of(isInForce ? contract.maximum - contract.awarded : 0),
    receivable: of(contract.receivable),
    received: of(contract.received),
    returned: of(contract.returned),
    decisions,
    proposedBy,
    proposedAt: contract.proposedAt.toISOString(),
    signedBy,
    signedAt: contract.signedAt?.toISOString() ?? null,
    ended: ended && { reason: ended.reason, at: ended.at.toISOString() },
  };
}

export function decisionView(decision: OutcomeDecisionDocument) {
  const { contractId, number, termsSha256, outcome, payable, receivable, evidence, assessor } = decision;
  const { amount, currency, reason, subtotals, lines } = outcome;
  return {
    decisionId: decision._id,
    contractId,
    number,
    termsSha256,
    amount,
    currency,
    reason,
    subtotals: [...subtotals],
    lines: [...lines],
    payable: [...payable],
    receivable: [...receivable],
    evidence,
    assessor,
    decidedAt: decision.decidedAt.toISOString(),
  };
}
