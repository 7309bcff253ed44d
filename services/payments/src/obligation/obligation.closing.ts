import type { TextRef } from '@talkoot/api-contracts';
import { DomainError } from '@talkoot/http-service';
import { money } from '@talkoot/money';
import type { ClientSession } from 'mongoose';
import type { Payments } from '../context.ts';
import { obligationClosed, obligationWrittenOff } from '../ledger/postings.ts';
import { isClosed, partOf, requireOpen } from './obligation.ts';
import type { Cancellation, ObligationDocument } from './obligation.store.ts';
import { closingToTell } from './obligation.telling.ts';

export interface Closing {
  readonly closedBecause: 'declined' | 'cancelled' | 'unclaimed';
  readonly reason: TextRef | null;
  /** By whom it was proposed and confirmed, where it is cancelled. */
  readonly cancellation?: Cancellation;
}

/** Closes an open obligation without payment: what was owed returns to the fund it came from while its year is open. */
export async function closeObligation(
  payments: Payments,
  session: ClientSession,
  obligation: ObligationDocument,
  closing: Closing,
): Promise<void> {
  requireOpen(obligation);
  const state = closing.closedBecause === 'unclaimed' ? 'unclaimed' : 'cancelled';
  const at = payments.now();
  // Whoever declines knows it.
  const toTell = closing.closedBecause === 'declined' ? null : closingToTell(obligation._id);
  const closed = { state, stateSince: at, ...closing, toTell } as const;
  if (!(await payments.obligations.move(session, [obligation], closed))) {
    throw new DomainError('obligation-not-open');
  }
  const funds = await payments.funds.findFunds(obligation.pilotId, session);
  // Of a public entry: keyed, as whoever learns an id could find by its hash what it was worth.
  const key = payments.closingKeyOf(obligation._id);
  // What lapsed with its year does not come back to a fund of the next one.
  const posting =
    funds && funds.fiscalYear > obligation.fiscalYear
      ? obligationWrittenOff(obligation, partOf(obligation))
      : obligationClosed(obligation, partOf(obligation), obligation.origin, key);
  await payments.ledger.post(session, posting, at);
  await reportClosed(payments, session, obligation);
}

/**
 * Tells the project's lifecycle when every share of its bonus is paid or closed. Call it last in each transaction that
 * closes one: touching the project makes two such transactions meet, so that one of them sees the other's closing.
 */
export async function reportClosed(
  payments: Payments,
  session: ClientSession,
  of: Pick<ObligationDocument, 'municipalityId' | 'projectId' | 'currency'>,
): Promise<void> {
  await payments.funds.touch(session, of.projectId);
  const all = await payments.obligations.ofProject(of.municipalityId, of.projectId, session);
  const bonuses = all.filter((one) => one.origin === 'bonus');
  if (bonuses.length === 0 || !bonuses.every((one) => isClosed(one.state))) return;
  const settled = bonuses.filter((one) => one.state === 'settled').reduce((sum, one) => sum + one.amount, 0);
  await payments.record.report(session, {
    kind: 'project',
    lifecycleId: of.projectId,
    municipalityId: of.municipalityId,
    name: 'obligations-closed',
    factId: `obligations-closed/${of.projectId}`,
    data: { settled: money(settled, of.currency) },
  });
}
