import type { Resolution } from '@talkoot/api-contracts/payments';
import { MoneyError, moneyFromDecimal } from '@talkoot/money';
import type { Money } from '@talkoot/money';
import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { aboutPayments, placeOfPayments, refusingPlainly } from '../operation/payments.place.ts';
import { ServiceRefused } from '../service/service.errors.ts';
import { tell } from '../terminal.ts';
import type { PaymentsOptions } from '../operation/payments.place.ts';
import { quarantineLine, suspenseLine } from './bank.text.ts';

interface ListOptions extends PaymentsOptions {
  readonly all?: boolean;
  readonly after?: string;
}
interface ResolveOptions extends PaymentsOptions {
  readonly matched?: readonly string[];
  readonly offset?: string;
  readonly returned?: string;
  readonly fee?: string;
  readonly receivable?: string;
  readonly amount?: string;
  readonly currency: string;
  readonly notOurs?: boolean;
  readonly noted?: boolean;
  readonly reason: string;
}

/** `talkoot bank suspense`, `resolve` and `confirm`: what fits no payment, and what two people say of it, or of the quarantine. */
export function registerSuspense(bank: Command): void {
  aboutPayments(bank.command('suspense'))
    .description('What the bank said that fits no payment; lines with !! may be money paid twice')
    .option('--all', 'also what is resolved')
    .option('--after <cursor>', 'the page after, as the page before names it')
    .action((options: ListOptions) => refusingPlainly(() => list(options)));
  aboutPayments(bank.command('resolve').argument('<item>', 'such as sus-…'))
    .description('As a finance clerk, propose what a suspense item is; name one')
    .option('--matched <attempts...>', 'it was these payments (att-…)')
    .option('--offset <item>', 'it was ours and came back: the other suspense item')
    .option('--returned <attempt>', 'this payment (att-…) came back, less what a bank kept of it')
    .option('--fee <decimal>', 'with --returned: what the bank kept')
    .option('--receivable <contract>', 'a payee of this outcome contract (oct-…) paid what it owes')
    .option('--amount <decimal>', 'with --receivable: so much of it; the rest stays in suspense')
    .option('--currency <code>', 'of fee and amount', 'EUR')
    .option('--not-ours', 'it has nothing to do with payouts')
    .option('--noted', 'no money moved')
    .requiredOption('--reason <text>', 'why; it is published')
    .action((item: string, options: ResolveOptions) => refusingPlainly(() => resolve(item, options)));
  aboutPayments(bank.command('confirm').argument('<item>', 'such as sus-…, or bms-… of the quarantine'))
    .description(
      'As a payout approver, confirm exactly what was proposed: a suspense item is posted, an answer of the bank dismissed',
    )
    .requiredOption('--sha256 <hash>', 'of the proposal that you read')
    .action((item: string, options: PaymentsOptions & { readonly sha256: string }) =>
      refusingPlainly(() => confirm(item, options)),
    );
}

async function list(options: ListOptions): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const { after, all } = options;
  const state = all ? {} : { state: 'unresolved' as const };
  const query = { ...state, ...(after === undefined ? {} : { after }) };
  const page = await payments.listSuspense({ params, query });
  const more = page.next === null ? [] : [`More: --after ${page.next}`];
  const lines = page.items.map(suspenseLine);
  tell(options, page, lines.length === 0 ? ['Nothing is in suspense.'] : [...lines, ...more]);
}

async function resolve(suspenseId: string, options: ResolveOptions): Promise<void> {
  const resolution = resolutionOf(options);
  const { payments, params } = await placeOfPayments(options);
  const item = await payments.proposeResolution({
    params: { ...params, suspenseId },
    body: { resolution, reason: options.reason },
    idempotencyKey: randomUUID(),
  });
  tell(options, item, [
    suspenseLine(item),
    'Nothing is posted yet. A payout approver confirms it, signed in as themself:',
    `  talkoot bank confirm ${suspenseId} --sha256 ${item.proposal!.sha256}`,
  ]);
}

/** @throws ServiceRefused `resolution-unclear` unless exactly one is named; `amount-malformed` */
function resolutionOf(options: ResolveOptions): Resolution {
  const { matched, offset, returned, fee, receivable, amount, currency, notOurs, noted } = options;
  const part = amount === undefined ? {} : { amount: amountFrom(amount, currency) };
  const named: Resolution[] = [
    ...(matched ? [{ as: 'matched' as const, attemptIds: [...matched] }] : []),
    ...(offset === undefined ? [] : [{ as: 'offset' as const, suspenseId: offset }]),
    ...(returned === undefined
      ? []
      : [{ as: 'returned' as const, attemptId: returned, fee: amountFrom(fee ?? '', currency) }]),
    ...(receivable === undefined ? [] : [{ as: 'receivable' as const, contractId: receivable, ...part }]),
    ...(notOurs ? [{ as: 'not-ours' as const }] : []),
    ...(noted ? [{ as: 'noted' as const }] : []),
  ];
  if (named.length === 1) return named[0]!;
  throw new ServiceRefused(
    'resolution-unclear',
    'Name one of --matched, --offset, --returned, --receivable, --not-ours and --noted.',
  );
}

function amountFrom(text: string, currency: string): Money {
  try {
    return moneyFromDecimal(text, currency);
  } catch (cause) {
    if (!(cause instanceof MoneyError)) throw cause;
    throw new ServiceRefused('amount-malformed', `"${text}" is no amount in ${currency}`, { cause });
  }
}

/** The prefix tells what it is. */
async function confirm(id: string, options: PaymentsOptions & { readonly sha256: string }): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const rest = { body: { proposalSha256: options.sha256 }, idempotencyKey: randomUUID() };
  if (id.startsWith('bms-')) {
    const one = { params: { ...params, messageFileId: id }, ...rest };
    const message = await payments.confirmDismissal(one);
    return tell(options, message, [quarantineLine(message)]);
  }
  const item = await payments.confirmResolution({ params: { ...params, suspenseId: id }, ...rest });
  tell(options, item, [suspenseLine(item)]);
}
