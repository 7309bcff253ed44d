import type { Resolution } from '@talkoot/api-contracts/payments';
import type { TextRef } from '@talkoot/api-contracts';
import { DomainError, idFrom } from '@talkoot/http-service';
import type { Money } from '@talkoot/money';
import type { ClientSession } from 'mongoose';
import { requireUnpaid } from '../batch/batch.ts';
import { requireConfirmable } from '../confirmation/confirmation.ts';
import type { Payments } from '../context.ts';
import { bookOf } from '../fund/commitment.ts';
import { paymentReturned, receivablePaid, suspenseReleased } from '../ledger/postings.ts';
import { requireNotPaid } from '../outcome/outcome.ts';
import type { OutcomeContractDocument } from '../outcome/outcome.store.ts';
import { bookFates, suspend } from './settlement.booking.ts';
import type { Fate } from './settlement.booking.ts';
import type { Proposal, SuspenseDocument } from './settlement.store.ts';
import { proposalHash, requireFit } from './suspense.ts';
import type { Surroundings } from './suspense.ts';

interface Item {
  readonly municipalityId: string;
  readonly suspenseId: string;
  readonly personId: string;
}

/** The first person says what a suspense item is. */
export async function proposeResolution(
  payments: Payments,
  session: ClientSession,
  {
    municipalityId,
    suspenseId,
    personId,
    resolution,
    reason,
  }: Item & {
    readonly resolution: Resolution;
    readonly reason: TextRef;
  },
): Promise<SuspenseDocument> {
  const item = await requireItem(payments, session, municipalityId, suspenseId);
  const around = await surroundingsOf(payments, session, municipalityId, resolution);
  requireFit(item, resolution, around);
  await requireDisinterested(payments, session, { item, around }, personId);
  const sha256 = proposalHash(suspenseId, resolution, reason);
  const proposal = { resolution, reason, by: personId, sha256, at: payments.now() };
  if (!(await payments.settlements.propose(session, suspenseId, proposal)))
    throw new DomainError('suspense-resolved');
  return { ...item, state: 'proposed', proposal };
}

/** Another person confirms exactly that; only then is anything posted. */
export async function confirmResolution(
  payments: Payments,
  session: ClientSession,
  { municipalityId, suspenseId, personId, proposalSha256 }: Item & { readonly proposalSha256: string },
): Promise<SuspenseDocument> {
  const item = await requireItem(payments, session, municipalityId, suspenseId);
  if (item.state === 'resolved') throw new DomainError('suspense-resolved');
  const proposal = requireConfirmable(item.proposal, { by: personId, sha256: proposalSha256 });
  const around = await surroundingsOf(payments, session, municipalityId, proposal.resolution);
  requireFit(item, proposal.resolution, around);
  await requireDisinterested(payments, session, { item, around }, personId);
  const resolvedAt = payments.now();
  const resolved = { proposal, confirmedBy: personId, resolvedAt };
  for (const one of [item, ...(around.other ? [around.other] : [])]) {
    if (!(await payments.settlements.resolve(session, one._id, resolved)))
      throw new DomainError('suspense-resolved');
    await release(payments, session, one, resolvedAt);
  }
  await bookMatched(payments, session, item, around, resolved);
  if (proposal.resolution.as === 'receivable')
    await bookReceivable(
      payments,
      session,
      { item, contract: around.contract!, at: resolvedAt },
      proposal.resolution,
    );
  return { ...item, ...resolved, state: 'resolved' };
}

async function requireItem(
  { settlements }: Payments,
  session: ClientSession,
  municipalityId: string,
  suspenseId: string,
): Promise<SuspenseDocument> {
  const found = await settlements.findSuspense(municipalityId, suspenseId, session);
  if (!found) throw new DomainError('not-found');
  return found;
}

async function surroundingsOf(
  { obligations, settlements, outcomes }: Payments,
  session: ClientSession,
  municipalityId: string,
  resolution: Resolution,
): Promise<Surroundings> {
  const ids = attemptsIn(resolution);
  const attempts = ids.length === 0 ? [] : await obligations.attemptsById(municipalityId, ids, session);
  const other =
    resolution.as === 'offset'
      ? await settlements.findSuspense(municipalityId, resolution.suspenseId, session)
      : null;
  const contract =
    resolution.as === 'receivable'
      ? await outcomes.find(municipalityId, resolution.contractId, session)
      : null;
  return { attempts, other, contract };
}

function attemptsIn(resolution: Resolution): readonly string[] {
  if (resolution.as === 'returned') return [resolution.attemptId];
  return resolution.as === 'matched' ? resolution.attemptIds : [];
}

/** Nobody decides about money that went to them: by the payments it is said to be, or by those that the bank named. */
async function requireDisinterested(
  { obligations }: Payments,
  session: ClientSession,
  { item, around }: { readonly item: SuspenseDocument; readonly around: Surroundings },
  personId: string,
): Promise<void> {
  const { attempts, other, contract } = around;
  if (contract) requireNotPaid(personId, contract.payees);
  const { municipalityId } = item;
  const named = [item, other].flatMap((one) => one?.endToEndId ?? []);
  const told =
    named.length === 0 ? [] : await obligations.attemptsByEndToEndId(municipalityId, named, session);
  const ids = [...attempts, ...told].map(({ obligationId }) => obligationId);
  if (ids.length === 0) return;
  requireUnpaid(await obligations.findMany(municipalityId, ids, session), personId);
}

/** What moved is no longer in suspense. What it was is posted beside it, or is none of the ledger's. */
async function release(payments: Payments, session: ClientSession, item: SuspenseDocument, at: Date) {
  const { _id, municipalityId, way, amount, currency } = item;
  if (way === 'none' || currency === null || amount === null || amount <= 0) return;
  // The book in which it stands, in whatever year it is explained.
  const book = { municipalityId, pilotId: null, fiscalYear: item.at.getUTCFullYear(), currency };
  await payments.ledger.post(session, suspenseReleased(book, _id, amount, way), at);
}

async function bookMatched(
  payments: Payments,
  session: ClientSession,
  item: SuspenseDocument,
  { attempts }: Surroundings,
  { proposal: { resolution }, resolvedAt: at }: { readonly proposal: Proposal; readonly resolvedAt: Date },
): Promise<void> {
  if (attempts.length === 0) return;
  const kind = item.way === 'out' ? 'settled' : 'returned';
  const { municipalityId, reasonCode } = item;
  const posting = resolution.as === 'returned' ? lessFee(resolution.fee) : {};
  const fates = attempts.map(({ _id }) => ({ kind, attemptId: _id, reasonCode, ...posting }) as const);
  await bookFates(payments, session, { municipalityId, attempts, fates, at });
}

const lessFee = ({ amount }: Money): Pick<Fate, 'posting'> => ({
  posting: (book, part, attemptId) => paymentReturned(book, part, attemptId, amount),
});

/** What a contract was owed is paid, and what came in above that stays in suspense under an id of its own. */
async function bookReceivable(
  payments: Payments,
  session: ClientSession,
  of: { readonly item: SuspenseDocument; readonly contract: OutcomeContractDocument; readonly at: Date },
  { amount }: Extract<Resolution, { as: 'receivable' }>,
): Promise<void> {
  const { item, contract, at } = of;
  const { _id, pilotId, projectId } = contract;
  const paid = amount?.amount ?? item.amount!;
  if (!(await payments.outcomes.receive(session, _id, paid))) throw new DomainError('resolution-unfit');
  // What was owed in a year that has ended was brought forward into the one that is open.
  const { fiscalYear } = (await payments.funds.findFunds(pilotId, session))!;
  const book = bookOf({ ...contract, fiscalYear });
  await payments.ledger.post(session, receivablePaid(book, item._id, projectId, paid), at);
  if (paid < item.amount!) await suspend(payments, session, [leftOf(item, item.amount! - paid, at)]);
}

const leftOf = (item: SuspenseDocument, amount: number, at: Date): SuspenseDocument => ({
  ...item,
  _id: idFrom(`${item._id}/left`, 'sus'),
  code: 'left-over',
  amount,
  at,
  state: 'open',
  proposal: null,
});
