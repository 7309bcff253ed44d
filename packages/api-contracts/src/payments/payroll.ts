import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { IdShape, InstantShape, MoneyShape, MunicipalityParams, Sha256Shape, text } from '../shapes.ts';
import { PayeeRoleShape } from './obligation.ts';

/** Minor units (cents). */
const Cents = z.int().min(0);
const Reference = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9/?:().,+_-]{0,34}$/);

/** One payment that the payroll office is to make. It names neither income type nor tax: those are payroll's to choose. */
export const PayrollLineShape = z
  .object({
    /** Of this attempt to pay: a receipt says it again. */
    reference: z.string(),
    obligationId: IdShape,
    /** As the payroll system knows the payee; the payee's opaque id where nobody entered a number. */
    payeeNumber: z.string(),
    payeeRole: PayeeRoleShape,
    gross: MoneyShape,
    costCentre: z.string(),
    account: z.string(),
    fiscalYear: z.int(),
    /** Month in which the batch was proposed, as `2027-03`. */
    period: z.string(),
  })
  .meta({ id: 'PayrollLine' });

/** Columns of the payroll file as CSV, in this order; `gross` in minor units. */
export const payrollColumns = [
  'reference',
  'obligationId',
  'payeeNumber',
  'payeeRole',
  'gross',
  'currency',
  'costCentre',
  'account',
  'fiscalYear',
  'period',
] as const;

export const receiptStates = ['paid', 'rejected'] as const;

/** What the payroll office did with one payment. All amounts are minor units of the one currency. */
export const PayrollReceiptShape = z
  .object({
    obligationId: IdShape,
    /** As in the payroll file; without it the attempt in transit is meant. */
    reference: Reference.optional(),
    /** The payroll run: one obligation has one receipt of one run. */
    run: Reference,
    /** Day of payment. */
    date: z.iso.date(),
    currency: z.string().regex(/^[A-Z]{3}$/),
    gross: Cents,
    withheld: Cents,
    net: Cents,
    /** The employer's contributions on top of gross. */
    employerCost: Cents,
    status: z.enum(receiptStates),
    reasonCode: z
      .string()
      .regex(/^[A-Z0-9]{2,35}$/)
      .optional(),
  })
  .meta({ id: 'PayrollReceipt' });
export type PayrollReceipt = z.infer<typeof PayrollReceiptShape>;

/** Columns of receipts as CSV, in any order; `reference` and `reasonCode` may be left out. */
export const receiptColumns = Object.keys(PayrollReceiptShape.shape) as (keyof PayrollReceipt)[];

/**
 * Why a receipt was put aside. Nothing was paid or booked by it, but for `employer-cost-above-reserve`: there the payment is settled, and
 * the pool does not hold the contributions.
 */
export const payrollExceptionCodes = [
  'receipt-does-not-add-up',
  'unknown-obligation',
  'not-through-payroll',
  'not-in-transit',
  'amount-differs',
  'currency-differs',
  'receipt-differs',
  'paid-again',
  'paid-after-rejection',
  'employer-cost-above-reserve',
] as const;

export const PayrollExceptionShape = z
  .object({
    exceptionId: IdShape,
    code: z.enum(payrollExceptionCodes),
    receipt: PayrollReceiptShape,
    /** What the pool did not hold, where that is what it is about. */
    uncovered: MoneyShape.nullable(),
    at: InstantShape,
    state: z.enum(['open', 'closed']),
    note: z.string().nullable(),
  })
  .meta({ id: 'PayrollException' });

/** Receipts say what tax was withheld from whom: that is for few. */
/** Who may know what was withheld from others. */
export const receiptReaders = ['payroll', 'finance-clerk', 'auditor'] as const;
const readers = { roles: [...receiptReaders] };
const BatchParams = MunicipalityParams.extend({ batchId: IdShape });
const taken = z.object({
  settled: z.int(),
  rejected: z.int(),
  /** Receipts that were taken in before. */
  duplicates: z.int(),
  exceptions: z.array(PayrollExceptionShape),
});
const taking = {
  access: { roles: ['payroll', 'finance-clerk'] },
  params: MunicipalityParams,
  bodyLimit: 512 * 1024,
  answer: taken,
} as const;

export const payrollRoutes = {
  getPayrollFile: route('GET /v1/m/{municipalityId}/batches/{batchId}/payroll', {
    summary: 'What the payroll office is to pay of a batch; given until the batch is reconciled',
    access: { roles: ['payroll', 'finance-clerk'] },
    params: BatchParams,
    answer: z.object({
      batchId: IdShape,
      sha256: Sha256Shape,
      period: z.string(),
      total: MoneyShape,
      lines: z.array(PayrollLineShape),
    }),
    problems: ['batch-not-instructed', 'batch-changed', 'payroll-file-expired'],
  }),
  exportPayrollFile: route('GET /v1/m/{municipalityId}/batches/{batchId}/payroll.csv', {
    summary: `The same as CSV, amounts in minor units: ${payrollColumns.join(', ')}`,
    access: { roles: ['payroll', 'finance-clerk'] },
    params: BatchParams,
    answer: z.string(),
    answerType: 'text/csv',
    problems: ['batch-not-instructed', 'batch-changed', 'payroll-file-expired'],
  }),
  importPayrollReceipts: route('POST /v1/m/{municipalityId}/payroll/receipts', {
    ...taking,
    summary: 'Take in receipts of a payroll run, all of it or a part; what does not fit is put aside',
    body: z.object({ receipts: z.array(PayrollReceiptShape).min(1).max(500) }),
    problems: ['receipt-does-not-add-up', 'own-payment'],
  }),
  importPayrollReceiptsCsv: route('POST /v1/m/{municipalityId}/payroll/receipts.csv', {
    ...taking,
    summary: `The same as CSV, amounts in minor units: ${receiptColumns.join(', ')}; at most 500 lines`,
    bodyType: 'text/csv',
    body: z.string(),
    problems: ['receipt-does-not-add-up', 'receipts-malformed', 'own-payment'],
  }),
  listPayrollReceipts: route('GET /v1/m/{municipalityId}/payroll/receipts', {
    summary: 'Receipts that were taken in',
    access: readers,
    params: MunicipalityParams,
    query: PageQueryShape.extend({ obligationId: IdShape.optional(), run: Reference.optional() }),
    answer: pageOf(PayrollReceiptShape),
  }),
  listPayrollExceptions: route('GET /v1/m/{municipalityId}/payroll/exceptions', {
    summary: 'Receipts that were put aside, for finance to look into',
    access: readers,
    params: MunicipalityParams,
    query: PageQueryShape.extend({ state: z.enum(['open', 'closed']).optional() }),
    answer: pageOf(PayrollExceptionShape),
  }),
  closePayrollException: route('POST /v1/m/{municipalityId}/payroll/exceptions/{exceptionId}/closed', {
    kind: 'plain',
    summary:
      'Say what became of a receipt that was put aside; where money may have gone out twice, as somebody who took in no receipt of that payment',
    access: { roles: ['finance-clerk'] },
    params: MunicipalityParams.extend({ exceptionId: IdShape }),
    body: z.object({ note: text(1000) }),
    answer: PayrollExceptionShape,
    problems: ['already-decided', 'own-payment', 'same-person-twice'],
  }),
  getIncomeReport: route('GET /v1/m/{municipalityId}/payroll/income-report', {
    summary:
      'What was paid through payroll in a year, with national ids, for the tax authority; each reading is logged',
    access: { roles: ['payroll'] },
    params: MunicipalityParams,
    query: PageQueryShape.extend({ year: z.coerce.number().int().min(2000).max(2200) }),
    answer: pageOf(
      PayrollReceiptShape.pick({
        obligationId: true,
        run: true,
        date: true,
        currency: true,
        gross: true,
        withheld: true,
        net: true,
      }).extend({
        payeeNumber: z.string(),
        payeeRole: PayeeRoleShape,
        /** Null where it was not given, or is erased. */
        nationalId: z.string().nullable(),
      }),
    ),
  }),
};
