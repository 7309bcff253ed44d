import { createHash } from 'node:crypto';
import type { LedgerBalance, LedgerBook, LedgerEntry, LedgerLine, RedactedEntry } from './ledger.ts';

/** An entry as its hash sees it. */
export type UnsealedEntry = Omit<LedgerEntry, 'sha256'>;
export type UnsealedLine = UnsealedEntry | Omit<RedactedEntry, 'sha256'>;
type Side = LedgerEntry['side'];

/** The hash before the first entry of a book. */
export const chainStart = '0'.repeat(64);

/** SHA-256 in lower-case hexadecimal over the UTF-8 of a JSON list without spaces, nothing as `null`. */
const hashOf = (fields: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(fields)).digest('hex');

/**
 * What stands for an entry in the chain, where it is shown redacted too: the hash of these fields in this order, amounts as integers of minor units. An
 * entry about what one person gets begins with a salt that nobody can guess; without it all amounts could be tried.
 */
export function commitmentOf(entry: Omit<UnsealedEntry, 'number'>): string {
  const { salt, entryId, transactionId, kind, projectId, obligationId, account, side, amount } = entry;
  const { costCentre, generalAccount, vatCode } = entry;
  const what = [salt, entryId, transactionId, kind, projectId, obligationId, account, side, amount.amount];
  return hashOf([...what, costCentre, generalAccount, vatCode]);
}

/**
 * The hash of an entry: over the hash of the entry before (64 zeros for the first), municipality, fiscal year, pilot, number, currency and
 * instant, and the entry's commitment.
 */
export function entryHash(before: string, municipalityId: string, line: UnsealedLine): string {
  const { fiscalYear, pilotId, number, at } = line;
  const place = [before, municipalityId, fiscalYear, pilotId, number, currencyOf(line), at];
  return hashOf([...place, isRedacted(line) ? line.commitment : commitmentOf(line)]);
}

/** Whether an entry is shown without what it says. */
export const isRedacted = <T extends object>(line: T): line is Extract<T, { commitment: string }> =>
  'commitment' in line;

const currencyOf = (line: UnsealedLine): string => (isRedacted(line) ? line.currency : line.amount.currency);

/** Number and hash that a book is known to have had, kept outside the database. */
export type LedgerHead = Pick<LedgerBook, 'fiscalYear' | 'pilotId' | 'currency' | 'entries' | 'sha256'>;

/**
 * What does not hold.
 * - `entry-missing`: a number is left out, or a book ends before a known head
 * - `entry-misplaced`: a number comes again, or out of order
 * - `entry-changed`: an entry or one before it is not what was hashed
 * - `transaction-unbalanced`: debits of a transaction differ from its credits
 * - `head-differs`: the chain holds in itself, but is not the one whose head is known
 * - `balance-differs`: entries do not add up to the balance that is kept
 */
export interface LedgerFinding {
  readonly code:
    | 'entry-missing'
    | 'entry-misplaced'
    | 'entry-changed'
    | 'transaction-unbalanced'
    | 'head-differs'
    | 'balance-differs';
  /** `<fiscal year>/<pilot or ->/<currency>` */
  readonly book: string;
  /** Of the first entry that does not fit; null for a balance. */
  readonly number: number | null;
  readonly entryId: string | null;
  readonly detail: string;
}

interface BookState {
  number: number;
  sha256: string;
  readonly known: Map<number, string>;
  broken: boolean;
  /** The transaction that is being read, and its debits less its credits. */
  open: { id: string; number: number; entryId: string; difference: bigint } | null;
}

/** What was read of a ledger, and what of it does not hold. */
export interface LedgerChecker {
  /** Takes the next entry in the order of the export. */
  take(line: LedgerLine): void;
  /** Ends the check; `balances` as the ledger keeps them, where they are known. Redacted entries cannot be added up. */
  finish(balances?: Iterable<LedgerBalance>): LedgerReport;
}

export interface LedgerReport {
  readonly holds: boolean;
  readonly entries: number;
  /** How many of them were shown redacted: they are where they belong in the chain, and say nothing more. */
  readonly redacted: number;
  /** As computed from the entries: worth keeping. */
  readonly heads: readonly LedgerHead[];
  readonly findings: readonly LedgerFinding[];
  readonly balances: 'checked' | 'not-given';
}

/** @param heads what is known of the books from elsewhere: from the service, from events, from an earlier check */
export function checkLedger(municipalityId: string, heads: Iterable<LedgerHead> = []): LedgerChecker {
  const books = new Map<string, BookState>();
  const sums = new Map<string, Record<Side, bigint>>();
  const findings: LedgerFinding[] = [];
  let entries = 0;
  let redacted = 0;
  const stateOf = (book: string) => {
    const known = books.get(book);
    if (known) return known;
    const state = { number: 0, sha256: chainStart, known: new Map(), broken: false, open: null };
    books.set(book, state);
    return state as BookState;
  };
  const settle = (book: string, { open }: BookState) => {
    if (!open || open.difference === 0n) return;
    const { number, entryId, id, difference } = open;
    const detail = `debits less credits of ${id} are ${difference}`;
    findings.push({ code: 'transaction-unbalanced', book, number, entryId, detail });
  };
  for (const head of heads) {
    const state = stateOf(bookKey(head));
    const other = state.known.get(head.entries);
    if (other === undefined) state.known.set(head.entries, head.sha256);
    else if (other !== head.sha256) findings.push(twoHeads(head));
  }
  return {
    take(line) {
      entries += 1;
      const book = bookKey({ ...line, currency: currencyOf(line) });
      const state = stateOf(book);
      const finding = state.broken ? null : follow(municipalityId, book, state, line);
      if (finding) {
        findings.push(finding);
        state.broken = true;
      }
      if (isRedacted(line)) {
        // What of a transaction is open balances by itself, and so does the rest.
        redacted += 1;
        return;
      }
      addUp(sums, book, line);
      const { transactionId: id, number, entryId, side, amount } = line;
      if (state.open?.id !== id) {
        settle(book, state);
        state.open = { id, number, entryId, difference: 0n };
      }
      state.open.difference += BigInt(side === 'debit' ? amount.amount : -amount.amount);
    },
    finish(balances) {
      for (const [book, state] of books) {
        findings.push(...endOf(book, state));
        settle(book, state);
      }
      const isWhole = balances !== undefined && redacted === 0;
      if (isWhole) findings.push(...drifts(sums, balances));
      const heads = [...books].map(([book, { number, sha256 }]) => ({
        ...bookOf(book),
        entries: number,
        sha256,
      }));
      return {
        holds: findings.length === 0,
        entries,
        redacted,
        heads,
        findings,
        balances: isWhole ? 'checked' : 'not-given',
      };
    },
  };
}

/** Moves a book on by one entry, or says why that is not the next one. */
function follow(
  municipalityId: string,
  book: string,
  state: BookState,
  line: LedgerLine,
): LedgerFinding | null {
  const { number } = line;
  const entryId = isRedacted(line) ? null : line.entryId;
  const next = state.number + 1;
  const broken = (code: LedgerFinding['code'], at: number, detail: string) => ({
    code,
    book,
    number: at,
    entryId,
    detail,
  });
  if (number > next) return broken('entry-missing', next, `number ${next} is missing; ${number} follows`);
  if (number < next) return broken('entry-misplaced', number, `number ${number} stands where ${next} should`);
  const sha256 = entryHash(state.sha256, municipalityId, line);
  if (sha256 !== line.sha256) return broken('entry-changed', number, `its hash should be ${sha256}`);
  const known = state.known.get(number);
  if (known !== undefined && known !== sha256)
    return broken('head-differs', number, `the hash of number ${number} was known as ${known}`);
  state.number = number;
  state.sha256 = sha256;
  return null;
}

function endOf(book: string, { broken, number, known }: BookState): LedgerFinding[] {
  const furthest = Math.max(0, ...known.keys());
  if (broken || furthest <= number) return [];
  const detail = `the book is known to have ${furthest} entries and ends after ${number}`;
  return [{ code: 'entry-missing', book, number: number + 1, entryId: null, detail }];
}

const twoHeads = (head: LedgerHead): LedgerFinding => ({
  code: 'head-differs',
  book: bookKey(head),
  number: head.entries,
  entryId: null,
  detail: `two different hashes are known for number ${head.entries}`,
});

function addUp(sums: Map<string, Record<Side, bigint>>, book: string, entry: LedgerEntry): void {
  const key = balanceKey(book, entry);
  const sum = sums.get(key) ?? { debit: 0n, credit: 0n };
  sum[entry.side] += BigInt(entry.amount.amount);
  sums.set(key, sum);
}

function drifts(
  sums: ReadonlyMap<string, Record<Side, bigint>>,
  balances: Iterable<LedgerBalance>,
): LedgerFinding[] {
  const left = new Map(sums);
  const found: LedgerFinding[] = [];
  const differs = (key: string, kept: string, added: string) => {
    const book = key.split('/').slice(0, 3).join('/');
    const detail = `${key}: ${kept} is kept, the entries add up to ${added}`;
    found.push({ code: 'balance-differs', book, number: null, entryId: null, detail });
  };
  const text = ({ debit, credit }: Record<Side, bigint | number>) => `${debit} debit, ${credit} credit`;
  for (const balance of balances) {
    const key = balanceKey(bookKey(balance), balance);
    const sum = left.get(key) ?? { debit: 0n, credit: 0n };
    left.delete(key);
    if (text(sum) !== text(balance)) differs(key, text(balance), text(sum));
  }
  for (const [key, sum] of left) differs(key, 'nothing', text(sum));
  return found;
}

const bookKey = (of: Pick<LedgerBook, 'fiscalYear' | 'pilotId' | 'currency'>): string =>
  `${of.fiscalYear}/${of.pilotId ?? '-'}/${of.currency}`;

function bookOf(key: string) {
  const [fiscalYear, pilotId, currency] = key.split('/') as [string, string, string];
  return { fiscalYear: Number(fiscalYear), pilotId: pilotId === '-' ? null : pilotId, currency };
}

const balanceKey = (
  book: string,
  of: Pick<LedgerBalance, 'account' | 'projectId' | 'obligationId'>,
): string => `${book}/${of.account}/${of.obligationId ?? of.projectId ?? '-'}`;
