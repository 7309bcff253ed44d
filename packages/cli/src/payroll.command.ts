import { Option } from 'commander';
import type { Command } from 'commander';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import type { PayrollReceipt } from '@talkoot/api-contracts/payments';
import { given, listing, once, telling } from './operation/payments.command.ts';
import { aboutPayments, everyPage, placeOfPayments, refusingPlainly } from './operation/payments.place.ts';
import { ServiceRefused } from './service/service.errors.ts';
import { tell } from './terminal.ts';
import type { PaymentsOptions } from './operation/payments.place.ts';
import { exceptionLine, incomeColumns, receiptLine, takenLines } from './payroll/payroll.text.ts';
import { wholeFrom } from './whole.option.ts';

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
  command('receipts', 'Receipts that were taken in')
    .option('--obligation <id>', 'only those of what is owed')
    .option('--run <run>', 'only those of one payroll run')
    .action(
      listing(
        ({ payments, params }, after, { obligation, run }: ReceiptsOptions) =>
          payments.listPayrollReceipts({
            params,
            query: { ...after, ...given({ obligationId: obligation, run }) },
          }),
        (receipt) => [receiptLine(receipt)],
        'There are no receipts.',
      ),
    );
  exceptions(command);
  command(
    'income-report',
    'As payroll: what was paid in a year with national ids, as CSV; each reading is logged',
  )
    .requiredOption('--year <year>', 'such as 2027', wholeFrom(2000, 2200))
    .requiredOption('--out <file>', 'a new file that only you can read; with --json one object a line')
    .action((options: IncomeOptions) => refusingPlainly(() => reportIncome(options)));
}

function exceptions(command: (name: string, description: string) => Command): void {
  command('exceptions', 'Receipts that were put aside')
    .addOption(new Option('--state <state>', 'only those').choices(['open', 'closed']))
    .action(
      listing(
        ({ payments, params }, after, { state }: ExceptionsOptions) =>
          payments.listPayrollExceptions({ params, query: { ...after, ...given({ state }) } }),
        (exception) => [exceptionLine(exception)],
        'Nothing was put aside.',
      ),
    );
  command(
    'close',
    'As a finance clerk: say what became of a receipt that was put aside; what may be paid twice, as another person than took it in',
  )
    .argument('<exception>', 'such as exc-…')
    .requiredOption('--note <text>', 'what became of it')
    .action(
      telling(
        ({ payments, params }, { note }: PaymentsOptions & { note: string }, exceptionId: string) =>
          payments.closePayrollException({ params: { ...params, exceptionId }, body: { note } }),
        (closed) => [exceptionLine(closed)],
      ),
    );
}

interface ReceiptsOptions extends PaymentsOptions {
  readonly obligation?: string;
  readonly run?: string;
}
interface IncomeOptions extends PaymentsOptions {
  readonly year: number;
  readonly out: string;
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
  const call = { params, ...once() };
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

/** It holds national ids: nobody else on this machine reads it, and it is never shown on a terminal. */
async function reportIncome({ year, out, ...options }: IncomeOptions): Promise<void> {
  // Only here, as it is slow to load.
  const { csvOf } = await import('@talkoot/http-service');
  const { payments, params } = await placeOfPayments(options);
  const file = await open(out, 'wx', 0o600).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new ServiceRefused('file-exists', `${out} is there already`, { cause });
  });
  let lines = 0;
  try {
    if (!options.json) await file.write(csvOf(incomeColumns, []));
    const page = (after: object) => payments.getIncomeReport({ params, query: { ...after, year } });
    for await (const one of everyPage(page)) {
      await file.write(
        options.json ? `${JSON.stringify(one)}\n` : csvOf(incomeColumns, [one], { header: false }),
      );
      lines += 1;
    }
  } catch (error) {
    // Half a report reads like a whole one.
    await rm(out, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  process.stdout.write(`Wrote ${out}: ${lines} payments of ${year}. Delete it once it is reported.\n`);
}
