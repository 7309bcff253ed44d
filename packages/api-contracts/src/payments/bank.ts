import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import {
  IdShape,
  InstantShape,
  MoneyShape,
  MunicipalityParams,
  ReasonShape,
  Sha256Shape,
  text,
} from '../shapes.ts';
import { moneyReaders } from './capacity.ts';
import { ConfirmationShape } from './confirmation.ts';
import { SuspenseShape } from './settlement.ts';

/** The account that a municipality pays from. */
export const DebtorAccountShape = z
  .object({
    accountId: IdShape,
    currency: z.string(),
    /** Name of the account's owner, as its bank knows it. */
    name: z.string(),
    iban: z.string(),
    bic: z.string().nullable(),
    /** One is in force at most for each currency; payments that were made from a former one are still recognised. */
    state: z.enum(['proposed', 'in-force', 'former']),
    proposedBy: IdShape,
    confirmedBy: IdShape.nullable(),
    proposedAt: InstantShape,
  })
  .meta({ id: 'DebtorAccount' });

/** The payment file of a batch. What it says is encrypted, and deleted when it expires; this record stays. */
export const BankFileShape = z
  .object({
    batchId: IdShape,
    messageId: z.string().max(35),
    sha256: Sha256Shape,
    bytes: z.int(),
    payments: z.int(),
    controlSum: MoneyShape,
    debtorAccountId: IdShape,
    madeBy: IdShape,
    madeAt: InstantShape,
    /** From then on it has to be made again, which gives the same bytes. */
    expiresAt: InstantShape,
    /** Who took it, newest first: the last 100. */
    downloads: z.array(z.object({ by: IdShape, at: InstantShape })),
  })
  .meta({ id: 'BankFile' });

export const quarantineCodes = [
  'version-unknown',
  'account-unknown',
  'original-unknown',
  'original-differs',
  'message-id-reused',
] as const;

export const bankMessageStates = ['taken-in', 'quarantined', 'dismissed'] as const;

/** A message of the bank as it was taken in, or put aside whole. */
export const BankMessageShape = z
  .object({
    messageFileId: IdShape,
    /** Null where the message is of a kind that is not read. */
    messageId: z.string().nullable(),
    namespace: z.string(),
    sha256: Sha256Shape,
    /** `dismissed`: two people looked into it, and nothing of it is to be booked. It is kept all the same. */
    state: z.enum(bankMessageStates),
    /** Why it went into quarantine: nothing of it was booked. */
    code: z.enum(quarantineCodes).nullable(),
    /** Who would dismiss it, and who confirmed that. */
    dismissal: ConfirmationShape.nullable(),
    settled: z.int(),
    rejected: z.int(),
    returned: z.int(),
    /** Movements that were taken in before. */
    duplicates: z.int(),
    /** Entries that are not booked yet. */
    unbooked: z.int(),
    suspense: z.int(),
    importedBy: IdShape,
    at: InstantShape,
  })
  .meta({ id: 'BankMessage' });

const count = z.object({ payments: z.int(), amount: MoneyShape });
/** One kind of fate, as the record of payments and as the ledger has it. */
export const ReconciledShape = z
  .object({ recorded: count, ledger: MoneyShape, agrees: z.boolean() })
  .meta({ id: 'Reconciled' });

const fates = {
  instructed: ReconciledShape,
  settled: ReconciledShape,
  rejected: ReconciledShape,
  returned: ReconciledShape,
  inTransit: ReconciledShape,
};

export const BatchReconciliationShape = z
  .object({
    batchId: IdShape,
    state: z.string(),
    currency: z.string(),
    ...fates,
    /** Open suspense items that name a payment of this batch; the ledger keeps suspense by municipality. */
    suspense: count,
    /** Everything agrees, nothing is in transit, and no suspense item is open. */
    complete: z.boolean(),
    agrees: z.boolean(),
    lines: z.array(
      z.object({
        attemptId: IdShape,
        endToEndId: z.string(),
        obligationId: IdShape,
        method: z.enum(['bank', 'payroll']),
        amount: MoneyShape,
        state: z.string(),
        reasonCode: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'BatchReconciliation' });

export const PeriodReconciliationShape = z
  .object({
    from: InstantShape,
    to: InstantShape,
    currencies: z.array(
      z.object({
        currency: z.string(),
        /** What happened from `from` until before `to`. */
        ...fates,
        /** In transit and in suspense: at `to`. Suspense counts what left as positive. */
        suspense: ReconciledShape,
        /** What left the bank account less what came in, as the ledger has it. */
        bank: MoneyShape,
        agrees: z.boolean(),
      }),
    ),
    agrees: z.boolean(),
  })
  .meta({ id: 'PeriodReconciliation' });

const BatchParams = MunicipalityParams.extend({ batchId: IdShape });
const MessageParams = MunicipalityParams.extend({ messageFileId: IdShape });
const Period = z.object({ from: InstantShape, to: InstantShape });
const readers = { roles: [...moneyReaders] };
const MiB = 1024 * 1024;

export const bankRoutes = {
  proposeDebtorAccount: route('POST /v1/m/{municipalityId}/bank/accounts', {
    summary: 'Propose the account to pay from; it is in force when the budget authority confirms it',
    access: { roles: ['finance-clerk'] },
    params: MunicipalityParams,
    body: z.object({
      currency: z.string().regex(/^[A-Z]{3}$/),
      name: text(70),
      iban: z.string().min(15).max(42),
      bic: z
        .string()
        .regex(/^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/)
        .nullable(),
    }),
    answer: DebtorAccountShape,
    problems: ['iban-invalid', 'currency-unknown', 'text-unwritable'],
  }),
  confirmDebtorAccount: route('POST /v1/m/{municipalityId}/bank/accounts/{accountId}/confirmation', {
    summary: 'As another person, confirm a proposed account; it replaces the one in force',
    access: { roles: ['budget-authority'] },
    params: MunicipalityParams.extend({ accountId: IdShape }),
    answer: DebtorAccountShape,
    problems: ['same-person-twice', 'not-proposed'],
  }),
  listDebtorAccounts: route('GET /v1/m/{municipalityId}/bank/accounts', {
    summary: 'Accounts to pay from, by id',
    access: readers,
    params: MunicipalityParams,
    query: PageQueryShape,
    answer: pageOf(DebtorAccountShape),
  }),
  makeBankFile: route('POST /v1/m/{municipalityId}/batches/{batchId}/bank-file', {
    summary: 'Make the pain.001 of an instructed batch, once: again gives the same bytes',
    access: { roles: ['finance-clerk'] },
    params: BatchParams,
    answer: BankFileShape,
    problems: [
      'batch-not-instructed',
      'batch-changed',
      'debtor-account-missing',
      'no-bank-payments',
      'text-unwritable',
      'bank-file-changed',
    ],
  }),
  getBankFile: route('GET /v1/m/{municipalityId}/batches/{batchId}/bank-file', {
    summary: 'What is on record of the payment file of a batch, and who took it',
    access: readers,
    params: BatchParams,
    answer: BankFileShape,
  }),
  downloadBankFile: route('GET /v1/m/{municipalityId}/batches/{batchId}/bank-file.xml', {
    summary: 'The payment file itself; who takes it is recorded',
    access: { roles: ['finance-clerk'] },
    params: BatchParams,
    answer: z.string(),
    answerType: 'application/xml',
    problems: ['bank-file-expired'],
  }),
  importBankMessage: route('POST /v1/m/{municipalityId}/bank/messages', {
    summary: 'Take in a pain.002 or camt.054, whole or not at all; what cannot be read is kept in quarantine',
    access: { roles: ['finance-clerk'] },
    params: MunicipalityParams,
    body: z.string().min(1),
    bodyType: 'application/xml',
    bodyLimit: 4 * MiB,
    answer: z.object({
      /** False when the same file was taken in before: nothing changed. */
      fresh: z.boolean(),
      message: BankMessageShape,
      suspense: z.array(SuspenseShape),
    }),
    problems: ['bank-file-hostile', 'bank-file-malformed', 'bank-file-invalid', 'bank-file-too-large'],
  }),
  listBankMessages: route('GET /v1/m/{municipalityId}/bank/messages', {
    summary:
      'Messages of the bank, by id; `state=quarantined` for those that wait for a person, `dismissed` for those that need nothing',
    access: readers,
    params: MunicipalityParams,
    query: PageQueryShape.extend({ state: z.enum(bankMessageStates).optional() }),
    answer: pageOf(BankMessageShape),
  }),
  proposeDismissal: route('POST /v1/m/{municipalityId}/bank/messages/{messageFileId}/dismissal-proposal', {
    summary: 'Propose that nothing of a quarantined message is to be booked; replaces an earlier proposal',
    access: { roles: ['finance-clerk'] },
    params: MessageParams,
    body: z.object({ reason: ReasonShape }),
    answer: BankMessageShape,
    problems: ['not-quarantined'],
  }),
  confirmDismissal: route('POST /v1/m/{municipalityId}/bank/messages/{messageFileId}/dismissal', {
    summary: 'As another person, confirm exactly that proposal: the message is dismissed, and kept',
    access: { roles: ['payout-approver'] },
    params: MessageParams,
    body: z.object({ proposalSha256: Sha256Shape }),
    answer: BankMessageShape,
    problems: ['not-quarantined', 'not-proposed', 'hash-mismatch', 'same-person-twice'],
  }),
  downloadBankMessage: route('GET /v1/m/{municipalityId}/bank/messages/{messageFileId}/content', {
    summary:
      'A message of the bank as it came, until it expires; in quarantine it does not. Who takes it is recorded',
    access: { roles: ['finance-clerk'] },
    params: MessageParams,
    answer: z.string(),
    answerType: 'application/xml',
    problems: ['bank-file-expired'],
  }),
  getBatchReconciliation: route('GET /v1/m/{municipalityId}/batches/{batchId}/reconciliation', {
    summary: 'What became of each payment of a batch, against the ledger to the cent',
    access: readers,
    params: BatchParams,
    answer: BatchReconciliationShape,
  }),
  exportBatchReconciliation: route('GET /v1/m/{municipalityId}/batches/{batchId}/reconciliation.csv', {
    summary: 'The payments of a batch and what became of them, as CSV',
    access: readers,
    params: BatchParams,
    answer: z.string(),
    answerType: 'text/csv',
  }),
  getPeriodReconciliation: route('GET /v1/m/{municipalityId}/bank/reconciliation', {
    summary: 'What became of payments in a period of at most 400 days, against the ledger to the cent',
    access: readers,
    params: MunicipalityParams,
    query: Period,
    answer: PeriodReconciliationShape,
    problems: ['period-invalid'],
  }),
  exportPeriodReconciliation: route('GET /v1/m/{municipalityId}/bank/reconciliation.csv', {
    summary: 'The same as CSV, a line for each currency and fate',
    access: readers,
    params: MunicipalityParams,
    query: Period,
    answer: z.string(),
    answerType: 'text/csv',
    problems: ['period-invalid'],
  }),
};
