import { connectMongo } from '@talkoot/http-service';
import pMap from 'p-map';
import { serve } from '../side/serve.ts';
import { amount, bookOf, type Posting } from './postings.ts';

// The driver as it comes: the same documents, an insertMany for each transaction, majority and journal; nothing is checked.
const [url = ''] = process.argv.slice(2);
const connection = await connectMongo(url, { appName: 'insert' });
const entries = connection.collection<{ _id: string }>('inserted');

serve(
  {
    async insert(postings: readonly Posting[], writers: number): Promise<number> {
      const begun = performance.now();
      await pMap(
        postings,
        async (posting, index) => {
          await entries.insertMany(documentsOf(posting, index), {
            writeConcern: { w: 'majority', journal: true },
          });
        },
        { concurrency: writers },
      );
      return performance.now() - begun;
    },
  },
  () => connection.close(),
);

function documentsOf({ pilotId, projectId, key }: Posting, index: number) {
  const book = bookOf(pilotId);
  const transactionId = `commitment-raised/${key}`;
  const line = (number: number, side: string, account: string, project: string | null) => ({
    _id: `${transactionId}/${String(number).padStart(4, '0')}`,
    transactionId,
    kind: 'commitment-raised',
    book: `${book.municipalityId}/2027/${pilotId}/EUR`,
    number: 2 * index + number,
    ...book,
    account,
    side,
    amount,
    at: new Date(),
    projectId: project,
    obligationId: null,
    costCentre: null,
    generalAccount: null,
    vatCode: null,
    sha256: '0'.repeat(64),
  });
  return [line(1, 'debit', 'round-fund', null), line(2, 'credit', 'commitment', projectId)];
}
