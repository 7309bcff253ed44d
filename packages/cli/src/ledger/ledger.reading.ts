import { ApiProblem } from '@talkoot/api-contracts';
import type { LedgerBalance, LedgerBook, LedgerLine } from '@talkoot/api-contracts/payments';
import { checkLedger } from '@talkoot/api-contracts/payments/ledger-chain';
import type { LedgerHead, LedgerReport } from '@talkoot/api-contracts/payments/ledger-chain';
import { everyPage } from '../operation/payments.place.ts';
import type { PaymentsPlace } from '../operation/payments.place.ts';
import { LedgerRefused } from './ledger.errors.ts';

const page = 200;
const tries = 3;

/**
 * Reads every entry of a municipality over the API and checks it against the heads that the service tells, those that are known, and the
 * balances.
 * @throws LedgerRefused `ledger-moves` when somebody posted during each of three tries
 */
export async function verifyOnline(
  place: PaymentsPlace,
  known: readonly LedgerHead[],
): Promise<LedgerReport> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const before = await booksOf(place);
    const checker = checkLedger(place.params.municipalityId, [...known, ...before]);
    for await (const entry of entriesOf(place)) checker.take(entry);
    const balances = process.env.TALKOOT_TOKEN ? await balancesIfShown(place) : undefined;
    if (isSame(before, await booksOf(place))) return checker.finish(balances);
  }
  throw new LedgerRefused('ledger-moves', 'Entries were posted meanwhile, three times; try again.');
}

const isSame = (a: readonly LedgerBook[], b: readonly LedgerBook[]) =>
  JSON.stringify(a) === JSON.stringify(b);

const booksOf = ({ payments, params }: PaymentsPlace): Promise<LedgerBook[]> =>
  all(everyPage((after) => payments.listLedgerBooks({ params, query: { limit: page, ...after } })));

const balancesOf = ({ payments, params }: PaymentsPlace): Promise<LedgerBalance[]> =>
  all(everyPage((after) => payments.listLedgerBalances({ params, query: { limit: page, ...after } })));

const entriesOf = ({ payments, params }: PaymentsPlace): AsyncGenerator<LedgerLine> =>
  everyPage((after) => payments.listLedgerEntries({ params, query: { limit: page, ...after } }));

/** Who sees no money verifies the chain as anybody does. */
async function balancesIfShown(place: PaymentsPlace): Promise<LedgerBalance[] | undefined> {
  try {
    return await balancesOf(place);
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'forbidden') return undefined;
    throw error;
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
