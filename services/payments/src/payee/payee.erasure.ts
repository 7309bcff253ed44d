import type { ErasureShape } from '@talkoot/api-contracts/payments';
import { DomainError, inTransaction } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import type { z } from 'zod';
import type { Payments } from '../context.ts';
import { forEvery } from '../chores/every.ts';
import { erased } from './payee.ts';
import type { ErasureWait, Payee } from './payee.ts';

/** Vouchers are kept for six years from the end of the calendar year in which the fiscal year ended (Finnish Accounting Act 2:10). */
export const VOUCHER_YEARS = 6;
const MOST = 100;

/** What a payee is owed and was paid, summed up. */
export interface Standing {
  readonly due: number;
  readonly underWay: number;
  readonly lastSettledAt: Date | null;
}

/**
 * @param returnWindow for how long after a payment a bank may send it back, or recall it, in milliseconds
 * @returns why the details cannot be erased yet, or null when nothing needs them
 */
export function erasureWait(
  standing: Standing,
  at: Date,
  returnWindow: number,
): { readonly because: ErasureWait; readonly notBefore: Date | null } | null {
  if (standing.underWay > 0) return { because: 'payment-under-way', notBefore: null };
  if (standing.due > 0) return { because: 'payment-due', notBefore: null };
  if (!standing.lastSettledAt) return null;
  const notBefore = new Date(standing.lastSettledAt.getTime() + returnWindow);
  return notBefore > at ? { because: 'payment-may-return', notBefore } : null;
}

/** First instant that vouchers of a fiscal year, or of what was paid in a year, are no longer needed. */
export const vouchersEnd = (year: number): Date => new Date(Date.UTC(year + VOUCHER_YEARS + 1, 0, 1));

type Answer = Omit<z.infer<typeof ErasureShape>, 'notBefore'> & { readonly notBefore: Date | null };

/**
 * Erases the details of a payee, or notes that they asked for it. The obligations stay as vouchers: amount, role, id and masked account.
 * @throws DomainError `not-found` for somebody without details
 */
export async function eraseOrWait(
  payments: Payments,
  session: ClientSession,
  who: Pick<Payee, 'municipalityId' | 'personId'>,
  at: Date,
): Promise<Answer> {
  const found = await payments.payees.find(who.municipalityId, who.personId, session);
  if (!found) throw new DomainError('not-found');
  if (found.erasedAt && found.method === null) return { state: 'erased', because: null, notBefore: null };
  const standing = await payments.obligations.standing(session, who.municipalityId, who.personId);
  const wait = erasureWait(standing, at, payments.returnWindow);
  if (wait) {
    const asked = found.erasureAskedAt ?? at;
    await payments.payees.change(session, who, at, (before) => ({ ...before, erasureAskedAt: asked }));
    return { state: 'waiting', ...wait };
  }
  await payments.payees.destroyKey(session, found);
  await payments.payees.change(session, who, at, (before) => erased(before, at));
  return { state: 'erased', because: null, notBefore: null };
}

/** Erases whoever asked for it and has nothing to wait for any more. */
export async function eraseWhoAsked(payments: Payments): Promise<void> {
  await forEvery(payments.payees.askedForErasure, (payee) =>
    inTransaction(payments.connection, (session) => eraseOrWait(payments, session, payee, payments.now())),
  );
}

/** After the retention nothing leads from a voucher to a person, and payees without any voucher are forgotten. */
export async function forgetAfterRetention(payments: Payments): Promise<void> {
  const year = payments.now().getUTCFullYear() - VOUCHER_YEARS;
  const { connection, obligations, payees } = payments;
  for (const { _id } of await obligations.linkedBefore(year, MOST)) {
    await inTransaction(connection, (session) => obligations.unlink(session, _id));
  }
  const since = new Date(Date.UTC(year, 0, 1));
  await forEvery(
    (after, limit) => payees.unchangedSince(since, after, limit),
    (payee) =>
      inTransaction(connection, async (session) => {
        if (await obligations.isPayee(session, payee.municipalityId, payee.personId)) return;
        await payees.destroyKey(session, payee);
        await payees.remove(session, payee);
      }),
  );
}
