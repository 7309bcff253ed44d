import { inTransaction } from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';
import type { Payments } from '../context.ts';
import { eraseWhoAsked, forgetAfterRetention } from './payee.erasure.ts';
import { tellOfChanges } from './payee.telling.ts';

const EVERY_MINUTE = 60_000;
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

const chores = {
  rewrapKeys,
  sealFilesAnew,
  sealBatchesAnew,
  tellOfChanges,
  eraseWhoAsked,
  forgetAfterRetention,
};

/** Does what nobody asks for, each minute, one after another. What fails is logged and tried again. */
export function startPayeeChores(payments: Payments, log: Logger): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  async function doAll(): Promise<void> {
    for (const [name, chore] of Object.entries(chores)) {
      await chore(payments).catch((error: unknown) => log.error({ err: error, chore: name }, 'chore failed'));
    }
    running = null;
  }
  // A round that takes longer than a minute is followed by the next one, not overtaken.
  const start = () => void (running ??= doAll());
  const timer = setInterval(start, EVERY_MINUTE);
  timer.unref();
  start();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
