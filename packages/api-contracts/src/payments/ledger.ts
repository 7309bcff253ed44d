import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { IdShape, InstantShape, MoneyShape, MunicipalityParams } from '../shapes.ts';

/**
 * Accounts of the ledger. Budget side: allotment, the funds, commitment and the reserves (set aside), expended (used).
 * Cash side: expenditure, payable, in-transit, receivable and revenue (what payees owe), bank, suspense.
 */
export const accountNames = [
  'allotment',
  'round-fund',
  'bonus-fund',
  'outcome-fund',
  'commitment',
  'reserve',
  'outcome-reserve',
  'round-expended',
  'bonus-expended',
  'outcome-expended',
  'expenditure',
  'payable',
  'in-transit',
  'receivable',
  'revenue',
  'bank',
  'suspense',
] as const;
export type AccountName = (typeof accountNames)[number];
export const AccountNameShape = z.enum(accountNames).meta({ id: 'AccountName' });

const FiscalYear = z.coerce.number().int().min(2000).max(2200);
const Scope = z.object({
  pilotId: IdShape.optional(),
  projectId: IdShape.optional(),
  fiscalYear: FiscalYear.optional(),
});

/** One line of a transaction: an amount on one side of one account. Never changed, never deleted. */
export const EntryShape = z
  .object({
    entryId: z.string(),
    transactionId: z.string(),
    /** What happened, e.g. `commitment-made`. */
    kind: z.string(),
    fiscalYear: z.int(),
    pilotId: IdShape.nullable(),
    projectId: IdShape.nullable(),
    account: AccountNameShape,
    side: z.enum(['debit', 'credit']),
    amount: MoneyShape,
    at: InstantShape,
  })
  .meta({ id: 'LedgerEntry' });

export const ledgerRoutes = {
  getTrialBalance: route('GET /v1/m/{municipalityId}/ledger/trial-balance', {
    summary: 'Sums of every account; balanced when debits equal credits',
    access: { anyone: true },
    params: MunicipalityParams,
    query: z.object({ pilotId: IdShape.optional(), fiscalYear: FiscalYear.optional() }),
    answer: z.object({
      balanced: z.boolean(),
      debit: z.int(),
      credit: z.int(),
      accounts: z.array(
        z.object({
          fiscalYear: z.int(),
          pilotId: IdShape.nullable(),
          projectId: IdShape.nullable(),
          account: AccountNameShape,
          currency: z.string(),
          debit: z.int(),
          credit: z.int(),
        }),
      ),
    }),
  }),
  listLedgerEntries: route('GET /v1/m/{municipalityId}/ledger/entries', {
    summary: 'Entries of the ledger in the order they were made',
    access: { anyone: true },
    params: MunicipalityParams,
    query: PageQueryShape.extend(Scope.shape),
    answer: pageOf(EntryShape),
  }),
  exportLedger: route('GET /v1/m/{municipalityId}/ledger/entries.csv', {
    summary: 'Entries of a pilot as CSV, amounts in minor units; at most 5000 rows, the rest by `after`',
    access: { anyone: true },
    params: MunicipalityParams,
    query: Scope.extend({ after: z.string().max(200).optional() }),
    answer: z.string(),
    answerType: 'text/csv',
  }),
};
