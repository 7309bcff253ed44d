import { decodeCursor, encodeCursor, pageFrom } from '@talkoot/http-service';
import { money } from '@talkoot/money';
import { z } from 'zod';
import type { Payments, Routes } from '../context.ts';
import { isBalanced } from './ledger.ts';
import { ledgerCsv } from './ledger.csv.ts';
import type { BalanceDocument, EntryDocument } from './ledger.store.ts';

const csvRows = 5_000;
const Cursor = z.object({ at: z.iso.datetime(), id: z.string() });

export function ledgerRoutes({
  ledger,
}: Payments): Routes<'getTrialBalance' | 'listLedgerEntries' | 'exportLedger'> {
  return {
    async getTrialBalance({ params, query }) {
      const balances = await ledger.balancesOf(params.municipalityId, query.pilotId, query.fiscalYear);
      return { body: trialBalance(balances) };
    },
    async listLedgerEntries({ params, query }) {
      const scope = { municipalityId: params.municipalityId, ...query };
      const rows = await ledger.listEntries(scope, cursorOf(query.after), query.limit + 1);
      const { items, next } = pageFrom(rows, query.limit, keyOf);
      return { body: { items: items.map(entryView), next } };
    },
    async exportLedger({ params, query }) {
      const scope = { municipalityId: params.municipalityId, ...query };
      const rows = await ledger.listEntries(scope, cursorOf(query.after), csvRows + 1);
      const { items } = pageFrom(rows, csvRows, keyOf);
      const headers = rows.length > csvRows ? { 'X-Next': encodeCursor(keyOf(items.at(-1)!)) } : {};
      return { body: ledgerCsv(items), headers };
    },
  };
}

const keyOf = (entry: EntryDocument) => ({ at: entry.at.toISOString(), id: entry._id });

function cursorOf(after: string | undefined) {
  const cursor = decodeCursor(after, Cursor);
  return cursor && { at: new Date(cursor.at), id: cursor.id };
}

function entryView(entry: EntryDocument) {
  const { fiscalYear, pilotId, projectId, account, side, kind, transactionId } = entry;
  return {
    entryId: entry._id,
    transactionId,
    kind,
    fiscalYear,
    pilotId,
    projectId,
    account,
    side,
    amount: money(entry.amount, entry.currency),
    at: entry.at.toISOString(),
  };
}

/** Sums by account and project: single obligations are added up, so that no payee's amount shows. */
export function trialBalance(balances: readonly BalanceDocument[]) {
  const accounts = new Map<string, ReturnType<typeof accountView>>();
  for (const balance of balances) {
    const { fiscalYear, pilotId, projectId, account, currency } = balance;
    const key = [fiscalYear, pilotId ?? '', projectId ?? '', account, currency].join('/');
    const before = accounts.get(key);
    const view = accountView(balance);
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

function accountView({ fiscalYear, pilotId, projectId, account, currency, debit, credit }: BalanceDocument) {
  return { fiscalYear, pilotId, projectId, account, currency, debit, credit };
}
