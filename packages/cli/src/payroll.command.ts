import { Option } from 'commander';
import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import type { PayrollReceipt } from '@talkoot/api-contracts/payments';
import { aboutPayments, everyPage, placeOfPayments, refusingPlainly } from './operation/payments.place.ts';
import { ServiceRefused } from './service/service.errors.ts';
import { tell } from './terminal.ts';
import type { PaymentsOptions } from './operation/payments.place.ts';
import { exceptionLine, takenLines } from './payroll/payroll.text.ts';

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** `talkoot payroll`: the file for the payroll system, and the receipts that it gives back. */
export function registerPayroll(program: Command): void {
  const payroll = program.command('payroll').description('The file for payroll, and its receipts');
  const command = (name: string, description: string) =>
    aboutPayments(payroll.command(name)).description(description);
  command('export', 'What payroll is to pay of a released batch, as CSV, or as JSON with --json')
    .argument('<batch>', 'such as bat-…')
    .option('--out <file>', 'write a new file instead of printing')
    .action((batchId: string, options: ExportOptions) => refusingPlainly(() => exportFile(batchId, options)));
  command('import', 'Take in receipts; ends with 1 when one was put aside')
    .argument('<file>', 'CSV, or JSON when its name ends with .json')
    .action((path: string, options: PaymentsOptions) => refusingPlainly(() => importFile(path, options)));
  command('exceptions', 'Receipts that were put aside')
    .addOption(new Option('--state <state>', 'only those').choices(['open', 'closed']))
    .action((options: ExceptionsOptions) => refusingPlainly(() => exceptions(options)));
  command('close', 'As a finance clerk: say what became of a receipt that was put aside')
    .argument('<exception>', 'such as exc-…')
    .requiredOption('--note <text>', 'what became of it')
    .action((id: string, options: PaymentsOptions & { note: string }) =>
      refusingPlainly(() => close(id, options)),
    );
}

interface ExportOptions extends PaymentsOptions {
  readonly out?: string;
}
interface ExceptionsOptions extends PaymentsOptions {
  readonly state?: 'open' | 'closed';
}

async function exportFile(batchId: string, options: ExportOptions): Promise<void> {
  const { payments, params: here } = await placeOfPayments(options);
  const params = { ...here, batchId };
  const text = options.json
    ? `${JSON.stringify(await payments.getPayrollFile({ params }), null, 2)}\n`
    : await payments.exportPayrollFile({ params });
  if (options.out === undefined) return void process.stdout.write(text);
  await writeFile(options.out, text, { flag: 'wx', mode: 0o600 });
}

async function importFile(path: string, options: PaymentsOptions): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const text = await readFile(path, 'utf8');
  const call = { params, idempotencyKey: randomUUID() };
  const taken = path.endsWith('.json')
    ? await payments.importPayrollReceipts({ ...call, body: { receipts: receiptsIn(text) } })
    : await payments.importPayrollReceiptsCsv({ ...call, body: text });
  tell(options, taken, takenLines(taken));
  if (taken.exceptions.length > 0) process.exitCode = 1;
}

/** A list of receipts, or an object with one; what each has to be, the service says. */
function receiptsIn(text: string): PayrollReceipt[] {
  try {
    const content = JSON.parse(text) as PayrollReceipt[] | { receipts: PayrollReceipt[] };
    const receipts = Array.isArray(content) ? content : content.receipts;
    if (Array.isArray(receipts)) return receipts;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new ServiceRefused('receipts-malformed', 'This is no JSON list of receipts.');
}

async function exceptions(options: ExceptionsOptions): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const { state } = options;
  const page = (after: object) =>
    payments.listPayrollExceptions({
      params,
      query: { ...after, ...(state ? { state } : {}) },
    });
  for await (const one of everyPage(page)) print(options.json ? JSON.stringify(one) : exceptionLine(one));
}

async function close(exceptionId: string, options: PaymentsOptions & { note: string }): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const closed = await payments.closePayrollException({
    params: { ...params, exceptionId },
    body: { note: options.note },
  });
  tell(options, closed, [exceptionLine(closed)]);
}
