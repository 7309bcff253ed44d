import type { AccountName, FundName } from '@talkoot/api-contracts/payments';
import { sha256Of } from '@talkoot/http-service';
import { atYearEnd, growsOn } from '../ledger/ledger.ts';
import type { Side, Transaction } from '../ledger/ledger.ts';
import { fundsAllotted, yearMoved } from '../ledger/postings.ts';
import type { Book } from '../ledger/postings.ts';

/** What an account holds at the end of a year, on the side where it stands. */
export interface OpenBalance {
  readonly account: AccountName;
  readonly projectId: string | null;
  readonly obligationId: string | null;
  readonly side: Side;
  readonly amount: number;
  readonly personal: boolean;
}

/** What becomes of it. What stays as the year's result is in none of these. */
export interface Closing {
  readonly lapsed: readonly OpenBalance[];
  readonly 'carried-over': readonly OpenBalance[];
  readonly 'brought-forward': readonly OpenBalance[];
}
type Fate = keyof Closing;

interface Balance {
  readonly account: AccountName;
  readonly projectId: string | null;
  readonly obligationId: string | null;
  readonly balance: number;
  readonly personal: boolean;
}

/** Sorts what a year leaves open by what becomes of it. */
export function closingOf(balances: readonly Balance[]): Closing {
  const open = balances.filter(({ balance }) => balance !== 0).map(standing);
  const of = (fate: Fate) =>
    open
      .filter(({ account }) => atYearEnd(account) === (fate === 'lapsed' ? 'lapses' : fate))
      .toSorted((a, b) => (placeText(a) < placeText(b) ? -1 : 1));
  return {
    lapsed: of('lapsed'),
    'carried-over': of('carried-over'),
    'brought-forward': of('brought-forward'),
  };
}

function standing({ account, projectId, obligationId, balance, personal }: Balance): OpenBalance {
  const grows = growsOn(account);
  const side = balance > 0 ? grows : opposite(grows);
  return { account, projectId, obligationId, side, amount: Math.abs(balance), personal };
}

const opposite = (side: Side): Side => (side === 'debit' ? 'credit' : 'debit');
const placeText = ({ account, projectId, obligationId }: OpenBalance) =>
  `${account}/${projectId ?? ''}/${obligationId ?? ''}`;

/**
 * The transactions that end a year: out of its book, into the next one's, and what is allotted there anew. Each is balanced in its
 * own year.
 */
export function closingPostings(
  book: Book,
  into: number,
  closing: Closing,
  allotment: Readonly<Record<FundName, number>>,
): { readonly out: Transaction[]; readonly into: Transaction[] } {
  const next = { ...book, fiscalYear: into };
  const key = `${book.pilotId}/${book.fiscalYear}`;
  const out = (fate: Fate) => yearMoved(book, `year-${fate}`, key, fate, closing[fate].map(turned));
  const enters = (fate: Exclude<Fate, 'lapsed'>) =>
    yearMoved(next, `year-${fate}-in`, key, fate, closing[fate]);
  const moves = (transactions: Transaction[]) => transactions.filter(({ legs }) => legs.length > 0);
  return {
    out: moves([out('lapsed'), out('carried-over'), out('brought-forward')]),
    into: moves([enters('carried-over'), enters('brought-forward'), fundsAllotted(next, key, allotment)]),
  };
}

const turned = (one: OpenBalance): OpenBalance => ({ ...one, side: opposite(one.side) });

/** One line of a year end as people confirm it: obligations of a project added up. */
export interface YearEndLine {
  readonly account: AccountName;
  readonly projectId: string | null;
  /** Below zero where an account stands on its other side. */
  readonly amount: number;
  /** What of it is no person's pay, and so for everybody to read. */
  readonly open: number;
}

export function linesOf(open: readonly OpenBalance[]): YearEndLine[] {
  const lines = new Map<string, YearEndLine>();
  for (const { account, projectId, side, amount, personal } of open) {
    const key = `${account}/${projectId ?? ''}`;
    const before = lines.get(key) ?? { amount: 0, open: 0 };
    const more = side === growsOn(account) ? amount : -amount;
    const shown = before.open + (personal ? 0 : more);
    lines.set(key, { account, projectId, amount: before.amount + more, open: shown });
  }
  return [...lines.values()];
}

/** The lines as the public reads them: nothing of what is owed, sent or withheld from people. */
export const openLines = (lines: readonly YearEndLine[]): YearEndLine[] =>
  lines.filter(({ open }) => open !== 0).map((line) => ({ ...line, amount: line.open }));

const fundOf: Partial<Readonly<Record<AccountName, FundName>>> = {
  commitment: 'round',
  reserve: 'bonus',
  'outcome-reserve': 'outcome',
};

/** What is carried over, by the fund it was set aside from. */
export function carriedByFund(carried: readonly OpenBalance[]): Record<FundName, number> {
  const sums = { round: 0, bonus: 0, outcome: 0 };
  for (const { account, amount } of carried) sums[fundOf[account]!] += amount;
  return sums;
}

interface Signed {
  readonly allotment: Readonly<Record<FundName, number>>;
  readonly reasonSha256: string;
  /** 128 random bits in hexadecimal. */
  readonly salt: string;
}

/** What both people sign: every line, the allotment and the reason. Without the salt nobody finds a hidden line by trying amounts. */
export function yearEndHash(book: Book, into: number, closing: Closing, signed: Signed): string {
  const { lapsed, 'carried-over': carried, 'brought-forward': brought } = closing;
  return sha256Of('year-end', book, into, lapsed, carried, brought, signed);
}
