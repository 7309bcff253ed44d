import type { PayrollReceipt } from '@talkoot/api-contracts/payments';
import { payrollColumns } from '@talkoot/api-contracts/payments';
import { csvOf, decodeCursor, DomainError, inTransaction, once, pageFrom } from '@talkoot/http-service';
import type { Call, Logger } from '@talkoot/http-service';
import { money } from '@talkoot/money';
import { z } from 'zod';
import { telling } from '../batch/batch.alarm.ts';
import type { Payments, Routes } from '../context.ts';
import { numbersOf, payrollFileOf } from './payroll.file.ts';
import { refuseWhatDoesNotAddUp, requireNotPaidBy, takeReceipts } from './payroll.import.ts';
import { isAlarming } from './payroll.ts';
import type { ExceptionDocument, ReceiptDocument } from './payroll.store.ts';
import { receiptsFromCsv } from './receipt.csv.ts';

type PayrollRoutes = Routes<
  | 'getPayrollFile'
  | 'exportPayrollFile'
  | 'importPayrollReceipts'
  | 'importPayrollReceiptsCsv'
  | 'listPayrollReceipts'
  | 'listPayrollExceptions'
  | 'closePayrollException'
  | 'getIncomeReport'
>;

export function payrollRoutes(payments: Payments): PayrollRoutes {
  const { payroll } = payments;
  return {
    async getPayrollFile({ params, log }) {
      return { body: await fileOf(payments, params, log) };
    },
    async exportPayrollFile({ params, log }) {
      const { lines } = await fileOf(payments, params, log);
      const table = lines.map(({ gross, ...line }) => ({
        ...line,
        gross: gross.amount,
        currency: gross.currency,
      }));
      // The payroll system finds people by their numbers, which the API lets begin with a letter or a digit only.
      return { body: csvOf(payrollColumns, table, { raw: true }) };
    },
    importPayrollReceipts: (call) => take(payments, call, call.body.receipts),
    importPayrollReceiptsCsv: (call) => take(payments, call, receiptsFromCsv(call.body)),
    async listPayrollReceipts({ params, query }) {
      const after = decodeCursor(query.after, z.string());
      const { municipalityId } = params;
      const filter = { municipalityId, obligationId: query.obligationId, run: query.run };
      const page = pageFrom(
        await payroll.listReceipts(filter, after, query.limit + 1),
        query.limit,
        ({ _id }) => _id,
      );
      return { body: { items: page.items.map(({ receipt }) => receipt), next: page.next } };
    },
    async listPayrollExceptions({ params, query }) {
      const after = decodeCursor(query.after, z.string());
      const filter = { municipalityId: params.municipalityId, state: query.state };
      const page = pageFrom(
        await payroll.listExceptions(filter, after, query.limit + 1),
        query.limit,
        ({ _id }) => _id,
      );
      return { body: { items: page.items.map(exceptionView), next: page.next } };
    },
    async closePayrollException({ params, body, person }) {
      const { municipalityId, exceptionId } = params;
      await requireMayClose(payments, { municipalityId, exceptionId, personId: person.id });
      const closing = { note: body.note, closedBy: person.id };
      const closed = await payroll.closeException(municipalityId, exceptionId, closing);
      if (closed) return { body: exceptionView(closed) };
      throw new DomainError('already-decided');
    },
    async getIncomeReport({ params, query, person, log }) {
      const after = decodeCursor(query.after, z.string());
      const rows = await payroll.listPaid(params.municipalityId, query.year, after, query.limit + 1);
      const page = pageFrom(rows, query.limit, ({ _id }) => _id);
      const items = await incomeOf(payments, params.municipalityId, page.items);
      log.info({ by: person.id, year: query.year, rows: items.length }, 'income report read');
      return { body: { items, next: page.next } };
    },
  };
}

async function take(
  payments: Payments,
  call: Pick<Call, 'operationId' | 'bodyHash' | 'log' | 'person'> & { params: { municipalityId: string } },
  receipts: readonly PayrollReceipt[],
) {
  const taking = { municipalityId: call.params.municipalityId, receipts, personId: call.person.id };
  await requireNotPaidBy(payments, taking);
  await refuseWhatDoesNotAddUp(payments, taking);
  const body = await once(payments.connection, call, async (session) => {
    const taken = await takeReceipts(payments, session, taking);
    return { ...taken, exceptions: taken.exceptions.map(exceptionView) };
  });
  const alarms = body.exceptions.filter(({ code }) => isAlarming(code));
  if (alarms.length > 0) {
    call.log.error(
      { exceptions: alarms.map(({ exceptionId }) => exceptionId) },
      'paid twice through payroll?',
    );
  }
  return { body };
}

/**
 * Nobody says of their own payment that all is well, nor alone of one that may have gone out twice.
 * @throws DomainError `not-found`, `own-payment`, `same-person-twice`
 */
async function requireMayClose(
  payments: Payments,
  of: { readonly municipalityId: string; readonly exceptionId: string; readonly personId: string },
): Promise<void> {
  const { municipalityId, exceptionId, personId } = of;
  const found = await payments.payroll.findException(municipalityId, exceptionId);
  if (!found) throw new DomainError('not-found');
  const { code, receipt, takenBy } = found;
  await requireNotPaidBy(payments, { municipalityId, receipts: [receipt], personId });
  if (!isAlarming(code)) return;
  const hasPart =
    takenBy === personId || (await payments.payroll.hasTaken(municipalityId, receipt.obligationId, personId));
  if (hasPart) throw new DomainError('same-person-twice');
}

async function fileOf(
  payments: Payments,
  { municipalityId, batchId }: { municipalityId: string; batchId: string },
  log: Logger,
) {
  const making = inTransaction(payments.connection, async (session) => {
    const batch = await payments.batches.find(batchId, session);
    if (batch?.municipalityId !== municipalityId) throw new DomainError('not-found');
    return payrollFileOf(payments, session, batch);
  });
  const { lines, ...file } = await telling(log, batchId, making);
  const people = lines.map(({ payeeId }) => payeeId);
  const numberOf = await numbersOf(payments, municipalityId, people);
  return {
    ...file,
    lines: lines.map(({ payeeId, ...line }) => ({ ...line, payeeNumber: numberOf(payeeId) })),
  };
}

/** What the authority is told of each payment: who was paid, and what was withheld. */
async function incomeOf(payments: Payments, municipalityId: string, paid: readonly ReceiptDocument[]) {
  const rows = await inTransaction(payments.connection, async (session) => {
    const ids = paid.map(({ obligationId }) => obligationId);
    const owed = await payments.obligations.findMany(municipalityId, ids, session);
    const obligations = new Map(owed.map((one) => [one._id, one]));
    const people = paid.map(({ obligationId }) => obligations.get(obligationId)!.payeeId);
    const payees = await payments.payees.findMany(municipalityId, people, session);
    const sealed = people.map((personId) => ({ personId, sealed: payees.get(personId)?.nationalId ?? null }));
    const nationalIds = await payments.payees.openTexts(municipalityId, sealed, session);
    return paid.map(({ receipt, obligationId }, at) => {
      const { run, date, currency, gross, withheld, net } = receipt;
      return {
        ...{ obligationId, run, date, currency, gross, withheld, net },
        payeeId: people[at]!,
        payeeRole: obligations.get(obligationId)!.payeeRole,
        nationalId: nationalIds[at] ?? null,
      };
    });
  });
  const people = rows.map(({ payeeId }) => payeeId);
  const numberOf = await numbersOf(payments, municipalityId, people);
  return rows.map(({ payeeId, ...row }) => ({ ...row, payeeNumber: numberOf(payeeId) }));
}

function exceptionView({ _id, code, receipt, uncovered, at, state, note }: ExceptionDocument) {
  return {
    exceptionId: _id,
    code,
    receipt,
    uncovered: uncovered === null ? null : money(uncovered, receipt.currency),
    at: at.toISOString(),
    state,
    note,
  };
}
