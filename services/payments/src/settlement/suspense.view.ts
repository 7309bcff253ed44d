import { money } from '@talkoot/money';
import { isAlarming } from './settlement.ts';
import type { SuspenseDocument } from './settlement.store.ts';

export function suspenseView(item: SuspenseDocument) {
  const { _id, code, endToEndId, way, amount, currency, reference, reasonCode, messageFileId, state } = item;
  return {
    suspenseId: _id,
    code,
    alarm: isAlarming(code),
    endToEndId,
    way,
    amount: amount === null || currency === null ? null : money(amount, currency),
    reference,
    reasonCode,
    messageFileId,
    at: item.at.toISOString(),
    state,
    proposal: item.proposal && { ...item.proposal, at: item.proposal.at.toISOString() },
    confirmedBy: item.confirmedBy,
    resolvedAt: item.resolvedAt?.toISOString() ?? null,
  };
}
