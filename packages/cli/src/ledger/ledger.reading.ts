import type { Client } from '@talkoot/api-contracts';
import type { LedgerBalance, LedgerBook, LedgerLine, paymentsApi } from '@talkoot/api-contracts/payments';
import { checkLedger } from '@talkoot/api-contracts/payments/ledger-chain';
import type { LedgerHead, LedgerReport } from '@talkoot/api-contracts/payments/ledger-chain';
import { LedgerRefused } from './ledger.errors.ts';

export interface LedgerPlace {
  readonly payments: Client<typeof paymentsApi>;
  readonly municipalityId: string;
  /** Whether balances can be asked for: they are shown to roles that see money. */
  readonly signedIn: boolean;
}

const page = 200;
const tries = 3;

/**
 * Reads every entry of a municipality over the API and checks it against the heads that the service tells, those that are known, and the
 * balances.
 * @throws LedgerRefused `ledger-moves` when somebody posted during each of three tries
 */
export async function verifyOnline(place: LedgerPlace, known: readonly LedgerHead[]): Promise<LedgerReport> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const before = await booksOf(place);
    const checker = checkLedger(place.municipalityId, [...known, ...before]);
    for await (const entry of entriesOf(place)) checker.take(entry);
    const balances = place.signedIn ? await balancesOf(place) : undefined;
    if (isSame(before, await booksOf(place))) return checker.finish(balances);
  }
  throw new LedgerRefused('ledger-moves', 'Entries were posted meanwhile, three times; try again.');
}

const isSame = (a: readonly LedgerBook[], b: readonly LedgerBook[]) =>
  JSON.stringify(a) === JSON.stringify(b);

const booksOf = ({ payments, municipalityId }: LedgerPlace): Promise<LedgerBook[]> =>
  all((after) => payments.listLedgerBooks({ params: { municipalityId }, query: { limit: page, ...after } }));

const balancesOf = ({ payments, municipalityId }: LedgerPlace): Promise<LedgerBalance[]> =>
  all((after) =>
    payments.listLedgerBalances({ params: { municipalityId }, query: { limit: page, ...after } }),
  );

async function* entriesOf({ payments, municipalityId }: LedgerPlace): AsyncGenerator<LedgerLine> {
  let after = {};
  for (;;) {
    const { items, next } = await payments.listLedgerEntries({
      params: { municipalityId },
      query: { limit: page, ...after },
    });
    yield* items;
    if (next === null) return;
    after = { after: next };
  }
}

async function all<T>(
  read: (after: { after?: string }) => Promise<{ items: T[]; next: string | null }>,
): Promise<T[]> {
  const found: T[] = [];
  let after = {};
  for (;;) {
    const { items, next } = await read(after);
    found.push(...items);
    if (next === null) return found;
    after = { after: next };
  }
}
