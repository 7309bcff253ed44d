import type { Command } from 'commander';
import { instantFrom } from '../instant.option.ts';
import { aboutPayments, placeOfPayments, refusingPlainly } from '../operation/payments.place.ts';
import { tell } from '../terminal.ts';
import type { PaymentsOptions, PaymentsPlace } from '../operation/payments.place.ts';
import { batchLines, periodLines } from './bank.text.ts';

interface Options extends PaymentsOptions {
  readonly from?: string;
  readonly to?: string;
  readonly csv?: boolean;
}

/** `talkoot bank reconcile`: what became of payments, from their record and from the ledger. */
export function registerReconcile(bank: Command): void {
  aboutPayments(bank.command('reconcile').argument('[batch]', 'such as bat-…; without it, a period'))
    .description('What became of payments, against the ledger to the cent; ends with 1 when they differ')
    .option('--from <instant>', 'begin of the period (default: 30 days before its end)', instantFrom)
    .option('--to <instant>', 'its end, not included (default: now)', instantFrom)
    .option('--csv', 'print CSV')
    .action((batchId: string | undefined, options: Options) =>
      refusingPlainly(() => (batchId === undefined ? ofPeriod(options) : ofBatch(batchId, options))),
    );
}

async function ofBatch(batchId: string, options: Options): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const batch = { params: { ...params, batchId } };
  if (options.csv) return void process.stdout.write(await payments.exportBatchReconciliation(batch));
  const report = await payments.getBatchReconciliation(batch);
  tell(options, report, batchLines(report));
  if (!report.agrees) process.exitCode = 1;
}

async function ofPeriod(options: Options): Promise<void> {
  const place = await placeOfPayments(options);
  const to = options.to ?? new Date().toISOString();
  const from = options.from ?? new Date(Date.parse(to) - 30 * 24 * 60 * 60_000).toISOString();
  await tellPeriod(place, { from, to }, options);
}

async function tellPeriod(
  { payments, params }: PaymentsPlace,
  query: { from: string; to: string },
  options: Options,
) {
  if (options.csv)
    return void process.stdout.write(await payments.exportPeriodReconciliation({ params, query }));
  const report = await payments.getPeriodReconciliation({ params, query });
  tell(options, report, periodLines(report));
  if (!report.agrees) process.exitCode = 1;
}
