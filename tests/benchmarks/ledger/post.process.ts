import { checkLedger } from '@talkoot/api-contracts/payments/ledger-chain';
import { connectMongo, inTransaction } from '@talkoot/http-service';
import pMap from 'p-map';
import { entryView } from '../../../services/payments/src/ledger/entry.ts';
import { createLane } from '../../../services/payments/src/ledger/lane.ts';
import { ledgerStore, prepareLedger } from '../../../services/payments/src/ledger/ledger.store.ts';
import { commitmentRaised, fundsOpened } from '../../../services/payments/src/ledger/postings.ts';
import { serve } from '../side/serve.ts';
import { amount, bookOf, municipalityId, type Posting } from './postings.ts';

// The ledger as the payments service has it, on its own: no HTTP, no events.
const [url = ''] = process.argv.slice(2);
const connection = await connectMongo(url, { appName: 'ledger' });
await prepareLedger(connection);
const ledger = ledgerStore(connection);
const lane = createLane();

const post = (transaction: Parameters<typeof ledger.post>[1]) =>
  inTransaction(connection, (session) => ledger.post(session, transaction, new Date()));

serve(
  {
    /** Opens pilots whose round funds hold so many commitments, and not one more. */
    async open(pilotIds: readonly string[], commitments: number): Promise<void> {
      for (const pilotId of pilotIds)
        await post(fundsOpened(bookOf(pilotId), { round: commitments * amount, bonus: 0, outcome: 0 }));
    },
    /** Milliseconds for all of them. */
    async post(postings: readonly Posting[], writers: number): Promise<number> {
      const begun = performance.now();
      await pMap(
        postings,
        ({ pilotId, projectId, key }) =>
          lane(pilotId, () => post(commitmentRaised(bookOf(pilotId), projectId, amount, key))),
        { concurrency: writers },
      );
      return performance.now() - begun;
    },
    /** One commitment more than a fund holds. */
    async overdraw(pilotId: string): Promise<string> {
      return post(commitmentRaised(bookOf(pilotId), 'prj-last', amount, `last/${pilotId}`)).then(
        () => 'posted',
        (error: { code: string }) => error.code,
      );
    },
    /** What does not hold of everything that was posted. */
    async outcome() {
      const books = await ledger.listBooks(municipalityId, undefined, 1_000);
      const checker = checkLedger(municipalityId, books);
      let after: { book: string; number: number } | undefined;
      for (;;) {
        const entries = await ledger.listEntries({ municipalityId }, after, 1_000);
        for (const entry of entries) checker.take(entryView(entry));
        after = entries.at(-1);
        if (!after) break;
      }
      const balances = await ledger.listBalances(municipalityId, undefined, 100_000);
      const { entries, findings } = checker.finish(balances);
      return { entries, findings, below: balances.filter(({ balance }) => balance < 0).length };
    },
  },
  () => connection.close(),
);
