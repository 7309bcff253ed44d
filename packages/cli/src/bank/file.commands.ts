import { decimalOf } from '@talkoot/money';
import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { aboutPayments, placeOfPayments, refusingPlainly } from '../operation/payments.place.ts';
import { ServiceRefused } from '../service/service.errors.ts';
import { tell } from '../terminal.ts';
import type { PaymentsOptions } from '../operation/payments.place.ts';
import { messageLines, quarantineLine, suspenseLine } from './bank.text.ts';

interface QuarantineOptions extends PaymentsOptions {
  readonly dismissed?: boolean;
  readonly after?: string;
}

/** `talkoot bank export`, `import`, `quarantine` and `dismiss`: files to the bank and from it. */
export function registerFiles(bank: Command): void {
  aboutPayments(bank.command('export').argument('<batch>', 'such as bat-…'))
    .description('Write the payment file (pain.001) of an instructed batch; again gives the same bytes')
    .requiredOption('--out <file>', 'where to; what is there is not replaced')
    .action((batchId: string, options: PaymentsOptions & { readonly out: string }) =>
      refusingPlainly(() => exportBatch(batchId, options)),
    );
  aboutPayments(bank.command('import').argument('<file>', 'a pain.002 or camt.054 of the bank'))
    .description('Take in an answer of the bank, whole or not at all; the same file again changes nothing')
    .action((path: string, options: PaymentsOptions) => refusingPlainly(() => importFile(path, options)));
  aboutPayments(bank.command('quarantine'))
    .description('Answers of the bank that could not be taken in')
    .option('--dismissed', 'those that were dismissed instead')
    .option('--after <cursor>', 'the page after, as the page before names it')
    .action((options: QuarantineOptions) => refusingPlainly(() => quarantine(options)));
  aboutPayments(bank.command('dismiss').argument('<message>', 'such as bms-…'))
    .description('As a finance clerk, propose that nothing of a quarantined answer is to be booked')
    .requiredOption('--reason <text>', 'why; it is published')
    .action((id: string, options: PaymentsOptions & { readonly reason: string }) =>
      refusingPlainly(() => dismiss(id, options)),
    );
}

async function exportBatch(
  batchId: string,
  options: PaymentsOptions & { readonly out: string },
): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const batch = { ...params, batchId };
  const made = await payments.makeBankFile({ params: batch, idempotencyKey: randomUUID() });
  const text = await payments.downloadBankFile({ params: batch });
  // It holds names and account numbers: nobody else on this machine reads it.
  await writeFile(options.out, text, { flag: 'wx', mode: 0o600 }).catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new ServiceRefused('file-exists', `${options.out} is there already`, { cause });
  });
  const { sha256, messageId, controlSum } = made;
  tell(options, made, [
    `Wrote ${options.out}: ${made.payments} payments, ${decimalOf(controlSum)} ${controlSum.currency}`,
    `Message ${messageId}, SHA-256 ${sha256}`,
    'Give it to the bank once, and delete it.',
  ]);
}

async function importFile(path: string, options: PaymentsOptions): Promise<void> {
  const text = await readText(path);
  const { payments, params } = await placeOfPayments(options);
  const taken = await payments.importBankMessage({ params, body: text, idempotencyKey: randomUUID() });
  const { fresh, message, suspense } = taken;
  tell(options, taken, [
    ...(fresh ? [] : ['This file was taken in before: nothing changed.']),
    ...messageLines(message),
    ...suspense.map(suspenseLine),
    ...(suspense.some(({ alarm }) => alarm)
      ? ['!! Money may have been paid twice: call the bank today.']
      : []),
  ]);
  if (message.state === 'quarantined') process.exitCode = 1;
}

/** @throws ServiceRefused `bank-file-hostile` for bytes that are not UTF-8 */
async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    if (cause instanceof TypeError)
      throw new ServiceRefused('bank-file-hostile', `${path} is not UTF-8`, { cause });
    throw cause;
  }
}

async function quarantine({ dismissed, after, ...options }: QuarantineOptions): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const state = dismissed ? ('dismissed' as const) : ('quarantined' as const);
  const query = { state, ...(after === undefined ? {} : { after }) };
  const page = await payments.listBankMessages({ params, query });
  const more = page.next === null ? [] : [`More: --after ${page.next}`];
  const none = dismissed ? 'Nothing was dismissed.' : 'Nothing is in quarantine.';
  tell(options, page, page.items.length === 0 ? [none] : [...page.items.map(quarantineLine), ...more]);
}

async function dismiss(
  messageFileId: string,
  options: PaymentsOptions & { readonly reason: string },
): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const message = await payments.proposeDismissal({
    params: { ...params, messageFileId },
    body: { reason: options.reason },
    idempotencyKey: randomUUID(),
  });
  tell(options, message, [
    quarantineLine(message),
    'It is still in quarantine. A payout approver confirms it, signed in as themself:',
    `  talkoot bank confirm ${messageFileId} --sha256 ${message.dismissal!.sha256}`,
  ]);
}
