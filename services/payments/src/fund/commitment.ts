import { DomainError } from '@talkoot/http-service';
import type { Money } from '@talkoot/money';
import type { ClientSession } from 'mongoose';
import type { Payments } from '../context.ts';
import { commitmentReturned, projectCommitted, reserveReturned } from '../ledger/postings.ts';
import type { Book } from '../ledger/postings.ts';
import { commitmentMadeEvent, commitmentReleasedEvent } from './fund.events.ts';
import { requirePositive } from './fund.ts';
import type { CommitmentDocument } from './fund.store.ts';

export interface CommitmentOrder {
  readonly projectId: string;
  readonly municipalityId: string;
  readonly pilotId: string;
  readonly roundId: string;
  readonly cost: Money;
  readonly pool: Money;
}

export const bookOf = (of: Omit<Book, 'pilotId'> & { readonly pilotId: string }): Book => ({
  municipalityId: of.municipalityId,
  pilotId: of.pilotId,
  fiscalYear: of.fiscalYear,
  currency: of.currency,
});

/** Commits the cost and reserves the pool of a project, once; the ledger refuses what the funds do not hold. */
export async function commitProject(payments: Payments, session: ClientSession, order: CommitmentOrder) {
  const known = await payments.funds.findCommitment(order.projectId, session);
  if (known) return requireSame(known, order);
  const funds = await payments.funds.findFunds(order.pilotId, session);
  if (!funds || funds.municipalityId !== order.municipalityId) throw new DomainError('funds-missing');
  requirePositive(order.cost, funds.currency);
  if (order.pool.amount < 0 || order.pool.currency !== funds.currency)
    throw new DomainError('amount-invalid');
  const commitment = newCommitment(order, funds.fiscalYear);
  const { cost, pool } = commitment;
  const at = payments.now();
  await payments.ledger.post(session, projectCommitted(bookOf(commitment), order.projectId, cost, pool), at);
  await payments.funds.insertCommitment(session, commitment);
  await payments.outbox.appendEvents(session, [
    commitmentMadeEvent(commitment, 'round', cost, at),
    ...(pool > 0 ? [commitmentMadeEvent(commitment, 'bonus', pool, at)] : []),
  ]);
  return commitment;
}

function newCommitment(order: CommitmentOrder, fiscalYear: number): CommitmentDocument {
  return {
    _id: order.projectId,
    municipalityId: order.municipalityId,
    pilotId: order.pilotId,
    roundId: order.roundId,
    fiscalYear,
    currency: order.cost.currency,
    cost: order.cost.amount,
    pool: order.pool.amount,
    committed: order.cost.amount,
    claimed: 0,
    accepted: 0,
    commitmentReturned: 0,
    reserveReturned: 0,
    raises: [],
    closed: false,
    reserveClosed: false,
  };
}

function requireSame(known: CommitmentDocument, order: CommitmentOrder): CommitmentDocument {
  const same =
    known.municipalityId === order.municipalityId &&
    known.pilotId === order.pilotId &&
    known.currency === order.cost.currency &&
    known.cost === order.cost.amount &&
    known.pool === order.pool.amount;
  if (!same) throw new DomainError('commitment-differs');
  return known;
}

/** Closes a commitment: what nobody claimed returns to the round fund. Claims that await acceptance stay covered. */
export async function releaseCommitment(
  payments: Payments,
  session: ClientSession,
  project: CommitmentDocument,
) {
  if (project.closed) return;
  const left = project.committed - project.claimed;
  await payments.funds.closeCommitment(session, project._id, left);
  if (left === 0) return;
  const at = payments.now();
  await payments.ledger.post(
    session,
    commitmentReturned(bookOf(project), project._id, left, project._id),
    at,
  );
  await payments.outbox.appendEvents(session, [commitmentReleasedEvent(project, 'round', left, at)]);
}

/** Closes a reserve: what neither obligations nor the employer's contributions took returns to the bonus fund. */
export async function releaseReserve(
  payments: Payments,
  session: ClientSession,
  project: CommitmentDocument,
) {
  if (project.reserveClosed) return;
  const { _id: projectId, municipalityId, pilotId } = project;
  const left = await payments.ledger.balanceOfProject(
    session,
    { municipalityId, pilotId, projectId },
    'reserve',
  );
  const { contributions = 0 } = project;
  const returned = left - contributions;
  await payments.funds.closeReserve(session, projectId, returned);
  if (left === 0) return;
  const at = payments.now();
  await payments.ledger.post(session, reserveReturned(bookOf(project), projectId, left, contributions), at);
  if (returned === 0) return;
  await payments.outbox.appendEvents(session, [commitmentReleasedEvent(project, 'bonus', returned, at)]);
}
