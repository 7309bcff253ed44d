import { decodeCursor, pageFrom } from '@talkoot/http-service';
import { z } from 'zod';
import type { Payments, Routes } from '../context.ts';
import type { AccountSum } from './entry.store.ts';
import { entryView } from './entry.ts';
import type { EntryDocument } from './entry.ts';
import { isBalanced } from './ledger.ts';
import { ledgerCsv } from './ledger.csv.ts';
import { bookView } from './ledger.store.ts';
import { traceOf } from './trace.ts';

const csvRows = 5_000;
const Cursor = z.object({ book: z.string(), number: z.int() });
const IdCursor = z.string();

type LedgerRoutes = Routes<
  | 'getTrialBalance'
  | 'listLedgerEntries'
  | 'listLedgerBooks'
  | 'listLedgerBalances'
  | 'exportLedger'
  | 'tracePayment'
>;

export function ledgerRoutes(payments: Payments): LedgerRoutes {
  const { ledger } = payments;
  return {
    async getTrialBalance({ params, query: { pilotId, fiscalYear, at } }) {
      const { municipalityId } = params;
      const sums =
        at === undefined
          ? await ledger.balancesOf(municipalityId, pilotId, fiscalYear)
          : await ledger.sumsAt({ municipalityId, pilotId, fiscalYear }, new Date(at));
      return { body: trialBalance(sums) };
    },
    async listLedgerEntries({ params, query: { after, limit, ...scope } }) {
      const { municipalityId } = params;
      const rows = await ledger.listEntries(
        { municipalityId, ...scope },
        decodeCursor(after, Cursor),
        limit + 1,
      );
      const { items, next } = pageFrom(rows, limit, placeOf);
      return { body: { items: items.map(entryView), next } };
    },
    async listLedgerBooks({ params, query: { after, limit } }) {
      const rows = await ledger.listBooks(params.municipalityId, decodeCursor(after, IdCursor), limit + 1);
      const { items, next } = pageFrom(rows, limit, ({ _id }) => _id);
      return { body: { items: items.map(bookView), next } };
    },
    async listLedgerBalances({ params, query: { after, limit } }) {
      const rows = await ledger.listBalances(params.municipalityId, decodeCursor(after, IdCursor), limit + 1);
      const { items, next } = pageFrom(rows, limit, ({ _id }) => _id);
      const view = (one: (typeof items)[number]) => ({ ...accountView(one), obligationId: one.obligationId });
      return { body: { items: items.map(view), next } };
    },
    async tracePayment({ params, query }) {
      return { body: await traceOf(payments, params.municipalityId, query.id) };
    },
    async exportLedger({ params, query: { after, separator, ...scope } }) {
      const { municipalityId } = params;
      const from = decodeCursor(after, Cursor);
      const rows = await ledger.listEntries({ municipalityId, ...scope }, from, csvRows + 1);
      const { items, next } = pageFrom(rows, csvRows, placeOf);
      const csv = ledgerCsv(municipalityId, items.map(entryView), { separator, first: from === undefined });
      return { body: csv, headers: next === null ? {} : { 'X-Next': next } };
    },
  };
}

const placeOf = ({ book, number }: EntryDocument) => ({ book, number });

/** Sums by account and project: single obligations are added up, so that no payee's amount shows. */
export function trialBalance(sums: readonly AccountSum[]) {
  const accounts = new Map<string, ReturnType<typeof accountView>>();
  for (const sum of sums) {
    const { fiscalYear, pilotId, projectId, account, currency } = sum;
    const key = [fiscalYear, pilotId ?? '', projectId ?? '', account, currency].join('/');
    const before = accounts.get(key);
    const view = accountView(sum);
    accounts.set(
      key,
      before ? { ...view, debit: before.debit + view.debit, credit: before.credit + view.credit } : view,
    );
  }
  const sorted = [...accounts].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, account]) => account);
  const total = (side: 'debit' | 'credit') => sorted.reduce((sum, one) => sum + one[side], 0);
  const currencies = new Set(sorted.map((one) => one.currency));
  const balanced = [...currencies].every((currency) =>
    isBalanced(sorted.filter((one) => one.currency === currency)),
  );
  return { balanced, debit: total('debit'), credit: total('credit'), accounts: sorted };
}

function accountView({ fiscalYear, pilotId, projectId, account, currency, debit, credit }: AccountSum) {
  return { fiscalYear, pilotId, projectId, account, currency, debit, credit };
}
