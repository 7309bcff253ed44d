import { money } from '@talkoot/money';
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

/** Sums by role, and how many are in which state, in a fixed order: what everybody may see. */
export function payoutsByRole(obligations: readonly ObligationDocument[]) {
  const groups = Map.groupBy(obligations, ({ payeeRole, currency }) => `${payeeRole}/${currency}`);
  return inOrder(groups).map((some) => {
    const { payeeRole, currency } = some[0]!;
    const states = Map.groupBy(some, ({ state }) => state);
    return {
      payeeRole,
      obligations: some.length,
      amount: money(
        some.reduce((sum, { amount }) => sum + amount, 0),
        currency,
      ),
      states: inOrder(states).map((these) => ({ state: these[0]!.state, obligations: these.length })),
    };
  });
}

const inOrder = <T>(groups: Map<string, T>): T[] =>
  [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
