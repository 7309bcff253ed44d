import type { Answer } from '@talkoot/api-contracts';
import type { PaymentsApi } from '@talkoot/api-contracts/payments';
import type { Command } from 'commander';
import { amountFrom, amountText } from './amount.text.ts';
import { given, listing, once, telling } from './operation/payments.command.ts';
import { aboutPayments } from './operation/payments.place.ts';
import type { PaymentsOptions, PaymentsPlace } from './operation/payments.place.ts';

interface RecordOptions extends PaymentsOptions {
  readonly purpose: string;
  readonly milestone?: string;
  readonly invoice?: string;
  readonly procurement?: string;
  readonly contractor?: string;
}

type Make = (name: string, description: string) => Command;
type Spending = Answer<PaymentsApi['routes']['acceptSpending']>;

/** `talkoot spending`: what a project spends within its commitment; finance accepts or refuses it. */
export function registerSpending(program: Command): void {
  const spending = program
    .command('spending')
    .description('What projects spend, and its acceptance by finance (signed in: TALKOOT_TOKEN)');
  const command: Make = (name, description) => aboutPayments(spending.command(name)).description(description);
  ofProject(command);
  deciding((name, description) => command(name, description).argument('<spending>', 'such as spe-…'));
}

function ofProject(command: Make): void {
  command('list', 'Spending of a project, oldest first')
    .argument('<project>', 'such as prj-…')
    .action(
      listing(
        ({ payments, params }, query, _: PaymentsOptions, projectId: string) =>
          payments.listSpending({ params: { ...params, projectId }, query }),
        (one) => [spendingLine(one)],
        'Nothing was spent.',
      ),
    );
  command('record', 'As a civil servant or champion of the team, or a finance clerk: what was spent')
    .argument('<project>', 'such as prj-…')
    .argument('<amount>', 'such as 1250.00')
    .requiredOption('--purpose <text>', 'what for; it is published')
    .option('--milestone <id>', 'of the project')
    .option('--invoice <reference>', 'in the municipality’s own system')
    .option('--procurement <reference>', 'the same; needed to pay a contractor')
    .option('--contractor <payee>', 'who is owed it and paid in a batch')
    .action(telling(record, (one) => [spendingLine(one)]));
}

async function record(place: PaymentsPlace, options: RecordOptions, projectId: string, text: string) {
  const { payments } = place;
  const params = { ...place.params, projectId };
  const { committed } = await payments.getProjectMoney({ params });
  const { purpose, milestone, invoice, procurement, contractor } = options;
  const references = given({
    milestoneId: milestone,
    invoiceReference: invoice,
    procurementReference: procurement,
    contractorId: contractor,
  });
  const body = { amount: amountFrom(text, committed.currency), purpose, ...references };
  return payments.recordSpending({ params, body, ...once() });
}

function deciding(aboutOne: Make): void {
  aboutOne('accept', 'As a finance clerk, not the one who recorded it: it becomes expenditure').action(
    telling(
      ({ payments, params }, _: PaymentsOptions, spendingId: string) =>
        payments.acceptSpending({ params: { ...params, spendingId }, ...once() }),
      (one) => [spendingLine(one)],
    ),
  );
  aboutOne('refuse', 'As a finance clerk: the commitment is free for it again')
    .requiredOption('--reason <text>', 'why; it is published')
    .action(
      telling(
        ({ payments, params }, { reason }: PaymentsOptions & { reason: string }, spendingId: string) =>
          payments.refuseSpending({ params: { ...params, spendingId }, body: { reason }, ...once() }),
        (one) => [spendingLine(one)],
      ),
    );
}

function spendingLine({ spendingId, state, amount, purpose, contractor, recordedAt }: Spending): string {
  const owed = contractor ? '  owed to a contractor' : '';
  return `${spendingId}  ${state.padEnd(8)}  ${amountText(amount)}  ${purpose}${owed}  recorded ${recordedAt}`;
}
