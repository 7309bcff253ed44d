import { trace } from '@opentelemetry/api';
import { eventOf } from '@talkoot/event-bus';
import { fundLedgerSealedV1 } from '@talkoot/event-contracts';
import { inTransaction } from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Payments } from '../context.ts';
import type { BookDocument } from './ledger.store.ts';

const booksAtOnce = 100;
/** How long an entry may stand before others hold its hash. */
const sealedEveryMs = 60_000;

type Parts = Pick<Payments, 'connection' | 'ledger' | 'outbox' | 'now'>;

/**
 * Tells by events how far each book has grown and the hash of its last entry: who would change an entry in the database would have to
 * change what others hold. Returns how many books were told of.
 */
export async function publishHeads(payments: Parts): Promise<number> {
  let told = 0;
  for (const book of await payments.ledger.unpublishedBooks(booksAtOnce)) {
    const marked = await inOwnTrace(() => publishHead(payments, book));
    told += marked ? 1 : 0;
  }
  return told;
}

const publishHead = (payments: Parts, book: BookDocument): Promise<boolean> =>
  inTransaction(payments.connection, async (session) => {
    if (!(await payments.ledger.markPublished(session, book))) return false;
    await payments.outbox.appendEvents(session, [headEvent(book, payments.now())]);
    return true;
  });

/** No request asks for it, and every event names the trace it belongs to. */
const inOwnTrace = <T>(work: () => Promise<T>): Promise<T> =>
  trace
    .getTracer('@talkoot/payments')
    .startActiveSpan('seal a book', { root: true }, (span) => work().finally(() => span.end()));

const headEvent = (
  { municipalityId, pilotId, fiscalYear, currency, entries, sha256 }: BookDocument,
  at: Date,
) =>
  eventOf({
    event: fundLedgerSealedV1,
    aggregateId: pilotId ?? municipalityId,
    municipalityId,
    occurredAt: at,
    data: { ...(pilotId === null ? {} : { pilotId }), fiscalYear, currency, entries, sha256 },
  });

/** Publishes every minute what is new, until stopped. Processes beside it publish each head once. */
export function sealLedger(payments: Parts, log: Logger): () => Promise<void> {
  const stop = new AbortController();
  const rounds = (async () => {
    while (!stop.signal.aborted) {
      await publishHeads(payments).catch((error: unknown) =>
        log.warn({ err: error }, 'heads of the ledger were not published'),
      );
      await sleep(sealedEveryMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return () => (stop.abort(), rounds);
}
