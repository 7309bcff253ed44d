import { inTransaction, startChores } from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';
import type { Payments } from '../context.ts';
import { tellOfObligations } from '../obligation/obligation.telling.ts';
import { eraseWhoAsked, forgetAfterRetention } from './payee.erasure.ts';
import { tellOfChanges } from './payee.telling.ts';

/** Most keys that are wrapped anew in one go. */
const MOST = 200;

/** Wraps keys of payees by the current key: after a rotation, until none is left that needs an earlier one. */
export async function rewrapKeys({ connection, payees }: Payments): Promise<void> {
  for (const _id of await payees.wrappedBefore(MOST)) {
    await inTransaction(connection, (session) => payees.rewrap(session, _id));
  }
}

/** The same for files from and to the bank. */
export async function sealFilesAnew({ connection, bankContents }: Payments): Promise<void> {
  for (const _id of await bankContents.sealedBefore(MOST)) {
    await inTransaction(connection, (session) => bankContents.sealAnew(session, _id));
  }
}

/** The same for the hashes of batches that were handed over. */
export async function sealBatchesAnew({ connection, batches }: Payments): Promise<void> {
  for (const _id of await batches.sealedBefore(MOST)) {
    await inTransaction(connection, (session) => batches.sealAnew(session, _id));
  }
}

/** The same for obligations. */
export async function sealObligationsAnew({ connection, obligations }: Payments): Promise<void> {
  for (const _id of await obligations.sealedBefore(MOST)) {
    await inTransaction(connection, (session) => obligations.sealAnew(session, _id));
  }
}

/** Each minute, what nobody asks for. */
export function startPayeeChores(payments: Payments, log: Logger): { stop(): Promise<void> } {
  const chores = {
    rewrapKeys,
    sealFilesAnew,
    sealBatchesAnew,
    sealObligationsAnew,
    tellOfChanges,
    tellOfObligations,
    eraseWhoAsked,
    forgetAfterRetention,
  };
  const named = Object.entries(chores).map(([name, chore]) => [name, () => chore(payments)] as const);
  return startChores(Object.fromEntries(named), log);
}
