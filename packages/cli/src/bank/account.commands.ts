import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { aboutPayments, placeOfPayments, refusingPlainly } from '../operation/payments.place.ts';
import { tell } from '../terminal.ts';
import type { PaymentsOptions } from '../operation/payments.place.ts';

interface ProposeOptions extends PaymentsOptions {
  readonly name: string;
  readonly iban: string;
  readonly currency: string;
  readonly bic?: string;
}

/** `talkoot bank account`: the account that a municipality pays from. */
export function registerAccount(bank: Command): void {
  const account = bank.command('account').description('The account that payments are made from');
  aboutPayments(account.command('propose'))
    .description('As a finance clerk, propose the account to pay from')
    .requiredOption('--name <name>', 'its owner, as the bank knows it')
    .requiredOption('--iban <iban>', 'its number')
    .option('--currency <code>', 'what is paid from it', 'EUR')
    .option('--bic <bic>', 'its bank, where that bank asks for it')
    .action((options: ProposeOptions) => refusingPlainly(() => propose(options)));
  aboutPayments(account.command('confirm').argument('<account>', 'such as acc-…'))
    .description('As the budget authority, confirm a proposed account: it is paid from now on')
    .action((accountId: string, options: PaymentsOptions) =>
      refusingPlainly(() => confirm(accountId, options)),
    );
}

async function propose(options: ProposeOptions): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const { currency, name, iban, bic = null } = options;
  const body = { currency, name, iban, bic };
  const made = await payments.proposeDebtorAccount({ params, body, idempotencyKey: randomUUID() });
  tell(options, made, [
    'Proposed, and not yet paid from. The budget authority confirms it, signed in as themself:',
    `  talkoot bank account confirm ${made.accountId}`,
  ]);
}

async function confirm(accountId: string, options: PaymentsOptions): Promise<void> {
  const { payments, params } = await placeOfPayments(options);
  const one = { params: { ...params, accountId }, idempotencyKey: randomUUID() };
  const confirmed = await payments.confirmDebtorAccount(one);
  tell(options, confirmed, [`Payments in ${confirmed.currency} are made from ${confirmed.iban}.`]);
}
