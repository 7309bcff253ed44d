import { decodeCursor, DomainError, inTransaction, once, pageFrom } from '@talkoot/http-service';
import type { TextRef } from '@talkoot/api-contracts';
import type { Call } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import type { ClientSession } from 'mongoose';
import { z } from 'zod';
import type { Payments, Routes } from '../context.ts';
import { instructBatch } from './batch.instruction.ts';
import { proposeBatch } from './batch.proposal.ts';
import { linesOf } from './batch.steps.ts';
import type { BatchDocument } from './batch.store.ts';
import { telling } from './batch.alarm.ts';
import { requireUnedited, requireUnpaid } from './batch.ts';
import { batchLineView, batchView } from './batch.view.ts';
import type { PayeesOfBatch } from './batch.view.ts';

type BatchRoutes = Routes<
  | 'instructBatch'
  | 'proposeBatch'
  | 'listBatches'
  | 'getBatch'
  | 'approveBatch'
  | 'refuseBatch'
  | 'releaseBatch'
>;
interface BatchCall extends Pick<Call, 'operationId' | 'bodyHash' | 'person' | 'log'> {
  readonly params: { readonly municipalityId: string; readonly batchId: string };
}

export function batchRoutes(payments: Payments): BatchRoutes {
  const { connection, batches } = payments;
  return {
    ...signing(payments),
    async instructBatch({ params, body, log }) {
      const handedOver = inTransaction(connection, async (session) => {
        const batch = await batches.find(params.batchId, session);
        if (!batch) throw new DomainError('not-found');
        return instructBatch(payments, session, batch, body.batchSha256);
      });
      const attempts = await telling(log, params.batchId, handedOver);
      return { body: { attempts } };
    },
    async proposeBatch(call) {
      const proposal = {
        municipalityId: call.params.municipalityId,
        obligationIds: call.body.obligationIds,
        operationId: call.operationId,
        personId: call.person.id,
      };
      const proposed = once(connection, call, (session) => proposeBatch(payments, session, proposal));
      return { body: await telling(call.log, null, proposed) };
    },
    async listBatches({ params, query }) {
      const after = decodeCursor(query.after, z.string());
      const filter = { municipalityId: params.municipalityId, state: query.state, pilotId: query.pilotId };
      const page = pageFrom(
        await batches.list(filter, after, query.limit + 1),
        query.limit,
        ({ _id }) => _id,
      );
      return { body: { items: page.items.map(batchView), next: page.next } };
    },
    async getBatch({ params }) {
      const [batch, lines] = await inTransaction(connection, async (session) => {
        const found = await requireBatch(payments, params, session);
        return [found, await linesOf(payments, session, found._id)] as const;
      });
      const lifecycle = await payments.record.view('batch', batch._id, batch.municipalityId);
      const known = await payeesOf(payments, batch, lines);
      const shown = lines.map(({ attempt, obligation }) => batchLineView(attempt, obligation, known));
      return { body: { batch: batchView(batch), lines: shown, lifecycle } };
    },
  };
}

/** The second and the third person. What was read is what is signed, and what is stored. */
function signing(payments: Payments): Pick<BatchRoutes, 'approveBatch' | 'refuseBatch' | 'releaseBatch'> {
  const decide = async (
    call: BatchCall,
    name: string,
    as: 'payout-approver' | 'payout-releaser',
    data: { readonly batchSha256?: string; readonly reason?: TextRef },
  ) => {
    const { municipalityId, batchId } = call.params;
    let isAsStored = false;
    const check = async () => {
      const batch = await requireBatch(payments, call.params);
      const { proposedBy, approvedBy, state, sha256 } = batch;
      if (data.batchSha256 !== undefined && data.batchSha256 !== sha256)
        throw new DomainError('hash-mismatch');
      const before = state === 'approved' ? [proposedBy, approvedBy] : [proposedBy];
      if (before.includes(call.person.id)) throw new DomainError('same-person-twice');
      if (name === 'refuse') return;
      const lines = await inTransaction(payments.connection, (session) =>
        linesOf(payments, session, batchId),
      );
      requireUnedited(batch, lines, payments.obligations.isSealed);
      requireUnpaid(
        lines.map(({ obligation }) => obligation),
        call.person.id,
      );
      isAsStored = true;
    };
    const about = { kind: 'batch' as const, lifecycleId: batchId, municipalityId };
    const decided = payments.record
      .decide(call, { ...about, name, as, data, check })
      .catch((error: unknown) => {
        throw isAsStored ? changedIfMismatch(error) : error;
      });
    return { body: { ...(await telling(call.log, batchId, decided)) } };
  };
  return {
    approveBatch: (call) => decide(call, 'approve', 'payout-approver', call.body),
    releaseBatch: (call) => decide(call, 'release', 'payout-releaser', call.body),
    async refuseBatch(call) {
      const { municipalityId } = call.params;
      const reason = await storeText(
        payments.connection,
        call,
        municipalityId,
        'batch-refused',
        call.body.reason,
      );
      return decide(call, 'refuse', 'payout-approver', { reason });
    },
  };
}

/** What is stored is what was signed, and its lifecycle knows another hash: both were changed in the database. */
function changedIfMismatch(error: unknown): unknown {
  if (!(error instanceof DomainError) || error.code !== 'hash-mismatch') return error;
  return new DomainError('batch-changed', 'Another hash is stored than was proposed');
}

/** The payees of a batch, as whoever signs it sees them. */
async function payeesOf(
  { payees, now }: Payments,
  { municipalityId }: BatchDocument,
  lines: Awaited<ReturnType<typeof linesOf>>,
): Promise<PayeesOfBatch> {
  const ids = lines.map(({ obligation }) => obligation.payeeId);
  const found = await payees.findMany(municipalityId, ids);
  const accounts = [...found.values()].flatMap(({ account }) => (account ? [account.index] : []));
  return { payees: found, sharing: await payees.sharing(municipalityId, accounts), at: now() };
}

/** @throws DomainError `not-found` unless the batch is of this municipality. */
export async function requireBatch(
  { batches }: Payments,
  { municipalityId, batchId }: BatchCall['params'],
  session?: ClientSession,
): Promise<BatchDocument> {
  const batch = await batches.find(batchId, session);
  if (batch?.municipalityId !== municipalityId) throw new DomainError('not-found');
  return batch;
}
