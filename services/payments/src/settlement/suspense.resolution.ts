import type { Resolution } from '@talkoot/api-contracts/payments';
import type { TextRef } from '@talkoot/api-contracts';
import { DomainError } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import { requireUnpaid } from '../batch/batch.ts';
import type { Payments } from '../context.ts';
import { suspenseReleased } from '../ledger/postings.ts';
import { bookFates } from './settlement.booking.ts';
import type { SuspenseDocument } from './settlement.store.ts';
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
  await requireDisinterested(payments, session, around, personId);
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
  const { proposal } = item;
  if (!proposal) throw new DomainError('not-proposed');
  if (proposal.sha256 !== proposalSha256) throw new DomainError('hash-mismatch');
  if (proposal.by === personId) throw new DomainError('same-person-twice');
  const around = await surroundingsOf(payments, session, municipalityId, proposal.resolution);
  requireFit(item, proposal.resolution, around);
  await requireDisinterested(payments, session, around, personId);
  const resolvedAt = payments.now();
  const resolved = { proposal, confirmedBy: personId, resolvedAt };
  for (const one of [item, ...(around.other ? [around.other] : [])]) {
    if (!(await payments.settlements.resolve(session, one._id, resolved)))
      throw new DomainError('suspense-resolved');
    await release(payments, session, one, resolvedAt);
  }
  await bookMatched(payments, session, item, around, resolvedAt);
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
  { obligations, settlements }: Payments,
  session: ClientSession,
  municipalityId: string,
  resolution: Resolution,
): Promise<Surroundings> {
  const ids = resolution.as === 'matched' ? resolution.attemptIds : [];
  const attempts = ids.length === 0 ? [] : await obligations.attemptsById(municipalityId, ids, session);
  const other =
    resolution.as === 'offset'
      ? await settlements.findSuspense(municipalityId, resolution.suspenseId, session)
      : null;
  return { attempts, other };
}

async function requireDisinterested(
  { obligations }: Payments,
  session: ClientSession,
  { attempts }: Surroundings,
  personId: string,
): Promise<void> {
  if (attempts.length === 0) return;
  const ids = attempts.map(({ obligationId }) => obligationId);
  requireUnpaid(await obligations.findMany(attempts[0]!.municipalityId, ids, session), personId);
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
  at: Date,
): Promise<void> {
  if (attempts.length === 0) return;
  const kind = item.way === 'out' ? 'settled' : 'returned';
  const { municipalityId, reasonCode } = item;
  const fates = attempts.map(({ _id }) => ({ kind, attemptId: _id, reasonCode }) as const);
  await bookFates(payments, session, { municipalityId, attempts, fates, at });
}
