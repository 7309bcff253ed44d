import { AccountNameShape, readsMoney } from '@talkoot/api-contracts/payments';
import type { Role } from '@talkoot/api-contracts';
import { decodeCursor, pageFrom } from '@talkoot/http-service';
import { z } from 'zod';
import type { Payments, Routes } from '../context.ts';
import type { AccountSum, EntryScope } from './entry.store.ts';
import { entryView, publicView } from './entry.ts';
import type { EntryDocument } from './entry.ts';
import { isBalanced } from './ledger.ts';
import { ledgerCsv } from './ledger.csv.ts';
import { bookView } from './ledger.store.ts';
import type { BalanceDocument } from './ledger.store.ts';
import { traceOf } from './trace.ts';

const csvRows = 5_000;
const Cursor = z.object({ book: z.string(), number: z.int() });
const IdCursor = z.string();
const PlaceCursor = z.object({
  fiscalYear: z.int(),
  pilotId: z.string().nullable(),
  projectId: z.string().nullable(),
  account: AccountNameShape,
  currency: z.string(),
});

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
    async getTrialBalance({ params, rolesHere, query: { after, limit, at, pilotId, fiscalYear } }) {
      const { municipalityId } = params;
      const scope = { municipalityId, pilotId, fiscalYear, open: !readsMoney(rolesHere) };
      const until = at === undefined ? payments.now() : new Date(at);
      const from = decodeCursor(after, PlaceCursor);
      const [totals, rows] = await Promise.all([
        ledger.totalsAt(scope, until),
        ledger.sumsAt(scope, until, from, limit + 1),
      ]);
      const { items, next } = pageFrom(rows, limit, ({ place }) => place);
      // Currencies are never added up: each balances by itself.
      const balanced = totals.every((one) => isBalanced([one]));
      return { body: { balanced, totals, items: items.map(accountView), next } };
    },
    async listLedgerEntries({ params, rolesHere, query: { after, limit, ...scope } }) {
      const rows = await ledger.listEntries(
        shownTo(rolesHere, { ...params, ...scope }),
        decodeCursor(after, Cursor),
        limit + 1,
      );
      const { items, next } = pageFrom(rows, limit, placeOf);
      return { body: { items: items.map(viewFor(rolesHere)), next } };
    },
    async listLedgerBooks({ params, query: { after, limit } }) {
      const rows = await ledger.listBooks(params.municipalityId, decodeCursor(after, IdCursor), limit + 1);
      const { items, next } = pageFrom(rows, limit, ({ _id }) => _id);
      return { body: { items: items.map(bookView), next } };
    },
    async listLedgerBalances({ params, query: { after, limit } }) {
      const rows = await ledger.listBalances(params.municipalityId, decodeCursor(after, IdCursor), limit + 1);
      const { items, next } = pageFrom(rows, limit, ({ _id }) => _id);
      return { body: { items: items.map(balanceView), next } };
    },
    async tracePayment({ params, query }) {
      return { body: await traceOf(payments, params.municipalityId, query.id) };
    },
    async exportLedger({ params, rolesHere, query: { after, separator, ...scope } }) {
      const { municipalityId } = params;
      const from = decodeCursor(after, Cursor);
      const rows = await ledger.listEntries(shownTo(rolesHere, { ...params, ...scope }), from, csvRows + 1);
      const { items, next } = pageFrom(rows, csvRows, placeOf);
      const csv = ledgerCsv(municipalityId, items.map(viewFor(rolesHere)), {
        separator,
        first: from === undefined,
      });
      return { body: csv, headers: next === null ? {} : { 'X-Next': next } };
    },
  };
}

const placeOf = ({ book, number }: EntryDocument) => ({ book, number });

const viewFor = (roles: readonly Role[]) => (readsMoney(roles) ? entryView : publicView);

/** Of a project the public gets only what is open: a redacted entry must not say whose project it is of. */
function shownTo(roles: readonly Role[], scope: EntryScope): EntryScope {
  return { ...scope, open: scope.projectId !== undefined && !readsMoney(roles) };
}

const accountView = ({ place, debit, credit }: AccountSum) => ({ ...place, debit, credit });

function balanceView(balance: BalanceDocument) {
  const { fiscalYear, pilotId, projectId, obligationId, account, currency, debit, credit } = balance;
  return { fiscalYear, pilotId, projectId, obligationId, account, currency, debit, credit };
}
