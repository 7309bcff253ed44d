import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { moneyReaders } from './capacity.ts';
import { IdShape, InstantShape, MoneyShape, MunicipalityParams, Sha256Shape } from '../shapes.ts';

/**
 * Accounts of the ledger. Budget side: allotment, the funds, what is set aside (commitment, reserve, outcome-reserve), what
 * is used (…-expended), and at year end what lapsed or was carried over. Cash side: expenditure, what is owed (payable, withholding)
 * or owed to the municipality (receivable, against revenue), in-transit, bank, what banks kept of returns (bank-fees), suspense, and what an earlier year left to pay (brought-forward).
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
  'carried-over',
  'lapsed',
  'expenditure',
  'payable',
  'in-transit',
  'withholding',
  'receivable',
  'revenue',
  'brought-forward',
  'bank',
  'bank-fees',
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

/** A place in the ledger is longer than in other lists: it names municipality, year, pilot and account. */
const LedgerPage = PageQueryShape.extend({ after: z.string().max(600).optional() });

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
    /** Of whom this is owed, as an opaque id. */
    obligationId: IdShape.nullable(),
    account: AccountNameShape,
    side: z.enum(['debit', 'credit']),
    amount: MoneyShape,
    at: InstantShape,
    /** How the municipality's own bookkeeping books an expenditure and what is owed for it. */
    costCentre: z.string().nullable(),
    generalAccount: z.string().nullable(),
    vatCode: z.string().nullable(),
    /** 1 for the first entry of its book (fiscal year, pilot and currency), without gaps. */
    number: z.int(),
    /** What nobody can guess, 32 hexadecimal digits, for an entry that the public sees redacted; null for any other. */
    salt: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .nullable(),
    /** Over this entry and the hash of the one before it: see `ledger.chain.ts`. */
    sha256: Sha256Shape,
  })
  .meta({ id: 'LedgerEntry' });
export type LedgerEntry = z.infer<typeof EntryShape>;

/**
 * An entry about what one person gets, as the public sees it: that something was booked, and a commitment to what. The chain holds with it as with the
 * whole entry, and nobody can guess amount or obligation from it.
 */
export const RedactedEntryShape = z
  .object({
    fiscalYear: z.int(),
    pilotId: IdShape.nullable(),
    number: z.int(),
    currency: z.string(),
    at: InstantShape,
    /** See `commitmentOf` in `ledger.chain.ts`. */
    commitment: Sha256Shape,
    sha256: Sha256Shape,
  })
  .meta({ id: 'RedactedLedgerEntry' });
export type RedactedEntry = z.infer<typeof RedactedEntryShape>;

/** What is read of a ledger: to roles that see money every entry whole, to everybody else some redacted. */
export const LedgerLineShape = z.union([EntryShape, RedactedEntryShape]);
export type LedgerLine = z.infer<typeof LedgerLineShape>;

/** The books of a municipality: one chain of entries each. */
export const LedgerBookShape = z
  .object({
    fiscalYear: z.int(),
    pilotId: IdShape.nullable(),
    currency: z.string(),
    /** Number and hash of the last entry: keep them elsewhere, and nobody can change what came before unnoticed. */
    entries: z.int(),
    sha256: Sha256Shape,
    /** The year that follows, once this one is closed. */
    closedInto: z.int().nullable(),
  })
  .meta({ id: 'LedgerBook' });
export type LedgerBook = z.infer<typeof LedgerBookShape>;

/** What one account holds, in the finest division that the ledger keeps. */
export const LedgerBalanceShape = z
  .object({
    fiscalYear: z.int(),
    pilotId: IdShape.nullable(),
    projectId: IdShape.nullable(),
    obligationId: IdShape.nullable(),
    account: AccountNameShape,
    currency: z.string(),
    debit: z.int(),
    credit: z.int(),
  })
  .meta({ id: 'LedgerBalance' });
export type LedgerBalance = z.infer<typeof LedgerBalanceShape>;

/** One transaction on the way of the money: lines of the obligation, and the others added up by account. */
export const TraceStepShape = z
  .object({
    at: InstantShape,
    fiscalYear: z.int(),
    kind: z.string(),
    transactionId: z.string(),
    lines: z.array(
      z.object({
        account: AccountNameShape,
        side: z.enum(['debit', 'credit']),
        amount: MoneyShape,
        /** Whether this line is of the obligation alone. */
        own: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'TraceStep' });

export const ledgerRoutes = {
  getTrialBalance: route('GET /v1/m/{municipalityId}/ledger/trial-balance', {
    summary:
      'Sums of accounts by project and currency, now or as they were at an instant; balanced when debits equal credits in each currency. Entries that the public sees redacted are summed for roles that see money alone: they balance by themselves',
    access: { anyone: true },
    params: MunicipalityParams,
    query: LedgerPage.extend({
      pilotId: IdShape.optional(),
      fiscalYear: FiscalYear.optional(),
      /** Only what was booked until then, that instant included. */
      at: InstantShape.optional(),
    }),
    answer: pageOf(LedgerBalanceShape.omit({ obligationId: true })).extend({
      balanced: z.boolean(),
      /** Of everything that was asked for, whichever page this is. */
      totals: z.array(z.object({ currency: z.string(), debit: z.int(), credit: z.int() })),
    }),
  }),
  listLedgerEntries: route('GET /v1/m/{municipalityId}/ledger/entries', {
    summary:
      'Entries of the ledger, book by book, in the order they were made; those about what one person gets are redacted for all but roles that see money, and left out of what is asked by project',
    access: { anyone: true },
    params: MunicipalityParams,
    query: LedgerPage.extend(Scope.shape),
    answer: pageOf(LedgerLineShape),
  }),
  listLedgerBooks: route('GET /v1/m/{municipalityId}/ledger/books', {
    summary: 'The books of the ledger, each with number and hash of its last entry',
    access: { anyone: true },
    params: MunicipalityParams,
    query: LedgerPage,
    answer: pageOf(LedgerBookShape),
  }),
  listLedgerBalances: route('GET /v1/m/{municipalityId}/ledger/balances', {
    summary: 'What each account holds as the ledger keeps it; the entries must add up to it',
    access: { roles: moneyReaders },
    params: MunicipalityParams,
    query: LedgerPage,
    answer: pageOf(LedgerBalanceShape),
  }),
  tracePayment: route('GET /v1/m/{municipalityId}/ledger/trace', {
    summary:
      'Why this amount? The way of an obligation or an entry from the fund to the bank, with its computation; no person is named',
    access: { roles: moneyReaders },
    params: MunicipalityParams,
    query: z.object({
      /** An obligation, an entry or a transaction. */
      id: z.string().min(3).max(300),
    }),
    answer: z.object({
      obligation: z
        .object({
          obligationId: IdShape,
          projectId: IdShape,
          pilotId: IdShape,
          decisionId: IdShape,
          payeeRole: z.string(),
          amount: MoneyShape,
          state: z.string(),
          fiscalYear: z.int(),
          costCentre: z.string(),
          account: z.string(),
          vatCode: z.string(),
        })
        .nullable(),
      computation: z.array(z.string()),
      steps: z.array(TraceStepShape),
      attempts: z.array(
        z.object({ number: z.int(), batchId: IdShape, endToEndId: z.string(), state: z.string() }),
      ),
    }),
  }),
  exportLedger: route('GET /v1/m/{municipalityId}/ledger/entries.csv', {
    summary:
      'Entries as CSV for a spreadsheet, redacted as in the list; at most 5000 rows, the rest by `after` (header X-Next). Pages put one after another are one file',
    access: { anyone: true },
    params: MunicipalityParams,
    query: Scope.extend({
      after: z.string().max(600).optional(),
      /** `semicolon`: cells apart by `;`, decimal comma. `comma`: cells apart by `,`, decimal point. */
      separator: z.enum(['semicolon', 'comma']).default('semicolon'),
    }),
    answer: z.string(),
    answerType: 'text/csv',
  }),
};
