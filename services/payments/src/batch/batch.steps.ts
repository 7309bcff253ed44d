import { DomainError } from '@talkoot/http-service';
import type { StepEffect } from '@talkoot/lifecycle-record';
import type { ClientSession } from 'mongoose';
import type { Payments } from '../context.ts';
import { payoutStep } from '../obligation/payout.events.ts';
import type { BatchState } from './batch.store.ts';
import type { BatchLine } from './batch.ts';

type Parts = Pick<Payments, 'batches' | 'obligations' | 'outbox'>;

/** What a step of a batch changes here, in the transaction that records it. */
export function batchSteps(parts: () => Parts): StepEffect {
  return async (step, state, session) => {
    if (step.phase === step.from) return;
    const phase = step.phase as BatchState;
    const payments = parts();
    await payments.batches.setState(session, state.id, phase);
    if (phase === 'approved') await sign(payments, session, 'approve', state.id, step.command?.actor.id);
    if (phase === 'released') await sign(payments, session, 'release', state.id, step.command?.actor.id);
    if (phase === 'approved' || phase === 'released')
      await advance(payments, session, state.id, phase, step.at);
    if (phase === 'refused' || phase === 'expired') await withdraw(payments, session, state.id, step.at);
  };
}

async function sign(
  { batches }: Parts,
  session: ClientSession,
  act: 'approve' | 'release',
  batchId: string,
  personId: string | undefined,
): Promise<void> {
  // The lifecycle refused this before; the database makes sure of it.
  if (!personId || !(await batches[act](session, batchId, personId)))
    throw new DomainError('same-person-twice');
}

async function advance(
  parts: Parts,
  session: ClientSession,
  batchId: string,
  phase: 'approved' | 'released',
  at: string,
): Promise<void> {
  const lines = await linesOf(parts, session, batchId);
  const ids = lines.map(({ attempt }) => attempt._id);
  await parts.obligations.moveAttempts(session, ids, { state: phase });
  await parts.outbox.appendEvents(
    session,
    lines.map(({ attempt, obligation }) => payoutStep(phase, obligation, attempt, at)),
  );
}

/** The obligations of a refused or expired batch are due again. */
async function withdraw(parts: Parts, session: ClientSession, batchId: string, at: string): Promise<void> {
  const lines = await linesOf(parts, session, batchId);
  const ids = lines.map(({ attempt }) => attempt._id);
  await parts.obligations.moveAttempts(session, ids, { state: 'withdrawn', open: false });
  const obligations = lines.map(({ obligation }) => obligation);
  const due = { state: 'due', stateSince: new Date(at) } as const;
  if (!(await parts.obligations.move(session, obligations, due))) {
    throw new Error(`Obligations of batch ${batchId} changed while it was proposed`);
  }
}

/**
 * The payments of a batch with what they pay.
 * @throws DomainError `batch-changed` for a payment of nothing
 */
export async function linesOf(
  { obligations }: Pick<Payments, 'obligations'>,
  session: ClientSession,
  batchId: string,
): Promise<BatchLine[]> {
  const attempts = await obligations.attemptsOfBatch(batchId, session);
  if (attempts.length === 0) return [];
  const ids = attempts.map(({ obligationId }) => obligationId);
  const owed = await obligations.findMany(attempts[0]!.municipalityId, ids, session);
  const byId = new Map(owed.map((one) => [one._id, one]));
  return attempts.map((attempt) => {
    const obligation = byId.get(attempt.obligationId);
    if (!obligation) throw new DomainError('batch-changed', `${attempt._id} pays nothing that is owed`);
    return { attempt, obligation };
  });
}
