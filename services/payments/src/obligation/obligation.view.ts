import { money } from '@talkoot/money';
import type { ObligationState, PayeeRole } from './obligation.ts';
import type { AttemptDocument, ObligationDocument } from './obligation.store.ts';

export function obligationView(obligation: ObligationDocument, attempts: readonly AttemptDocument[]) {
  const { _id, projectId, pilotId, decisionId, payeeId, payeeRole, state, fiscalYear } = obligation;
  const { costCentre, account, vatCode, closedBecause, reason, cancellation, version } = obligation;
  return {
    obligationId: _id,
    projectId,
    pilotId,
    decisionId,
    payeeId,
    payeeRole,
    amount: money(obligation.amount, obligation.currency),
    state,
    fiscalYear,
    costCentre,
    account,
    vatCode,
    closedBecause,
    reason,
    cancellation: cancellation && { ...cancellation, at: cancellation.at.toISOString() },
    attempts: attempts.filter((one) => one.obligationId === _id).map(attemptView),
    dueSince: obligation.dueSince.toISOString(),
    version,
  };
}

function attemptView({ _id, number, batchId, endToEndId, destination, state, reasonCode }: AttemptDocument) {
  return { attemptId: _id, number, batchId, endToEndId, method: destination.method, state, reasonCode };
}

/** Sums by role and state, in a fixed order: what everybody may see. */
export function payoutsByRole(obligations: readonly ObligationDocument[]) {
  const groups = new Map<string, ReturnType<typeof groupOf>>();
  const groupOf = (payeeRole: PayeeRole, state: ObligationState, currency: string) => ({
    payeeRole,
    state,
    obligations: 0,
    amount: money(0, currency),
  });
  for (const { payeeRole, state, currency, amount } of obligations) {
    const key = `${payeeRole}/${state}/${currency}`;
    const group = groups.get(key) ?? groupOf(payeeRole, state, currency);
    const sum = money(group.amount.amount + amount, currency);
    groups.set(key, { ...group, obligations: group.obligations + 1, amount: sum });
  }
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
