import { obligationStates } from '@talkoot/api-contracts/payments';
import { Option } from 'commander';
import type { Command } from 'commander';
import { instantFrom } from './instant.option.ts';
import { obligationFileLines, obligationLines } from './obligations/obligation.text.ts';
import { given, listing, once, telling } from './operation/payments.command.ts';
import { aboutPayments } from './operation/payments.place.ts';
import type { PaymentsOptions, PaymentsPlace } from './operation/payments.place.ts';
import { requireMeant, signedHash } from './operation/signing.ts';
import { ServiceRefused } from './service/service.errors.ts';

interface ListOptions extends PaymentsOptions {
  readonly state?: (typeof obligationStates)[number];
  readonly project?: string;
  readonly pilot?: string;
  readonly dueBefore?: string;
}
interface ReasonOptions extends PaymentsOptions {
  readonly reason: string;
}
interface DeclineOptions extends PaymentsOptions {
  readonly yes?: boolean;
}
interface ConfirmOptions extends PaymentsOptions {
  readonly sha256?: string;
}

type Make = (name: string, description: string) => Command;

/** `talkoot obligations`: what is owed to whom, and how it ends without payment. */
export function registerObligations(program: Command): void {
  const obligations = program
    .command('obligations')
    .description('What is owed to whom, and closing it without payment (signed in: TALKOOT_TOKEN)');
  const make =
    (under: Command): Make =>
    (name, description) =>
      aboutPayments(under.command(name)).description(description);
  const one =
    (under: Command): Make =>
    (name, description) =>
      make(under)(name, description).argument('<obligation>', 'such as obl-…');
  reading(make(obligations), one(obligations));
  closing(one(obligations));
  cancelling(one(obligations.command('cancel').description('Two people cancel what cannot be paid')));
}

function reading(command: Make, aboutOne: Make): void {
  command('list', 'Obligations of the municipality, by id')
    .addOption(new Option('--state <state>', 'only those').choices(obligationStates))
    .option('--project <id>', 'only those of one project')
    .option('--pilot <id>', 'only those of one pilot')
    .option('--due-before <instant>', 'only those that wait to be paid since before that', instantFrom)
    .action(
      listing(
        ({ payments, params }, after, options: ListOptions) => {
          const { state, project, pilot, dueBefore } = options;
          const wanted = given({ state, projectId: project, pilotId: pilot, dueBefore });
          return payments.listObligations({ params, query: { ...after, ...wanted } });
        },
        obligationLines,
        'There are no obligations.',
      ),
    );
  command('mine', 'What I am owed and was paid').action(
    listing(
      ({ payments, params }, after) => payments.listMyObligations({ params, query: after }),
      obligationLines,
      'You are owed nothing.',
    ),
  );
  aboutOne('show', 'One of them: how the amount came about, each attempt to pay it, why it is closed').action(
    telling(
      (place, _: PaymentsOptions, obligationId: string) => read(place, obligationId),
      obligationFileLines,
    ),
  );
}

const read = ({ payments, params }: PaymentsPlace, obligationId: string) =>
  payments.getObligation({ params: { ...params, obligationId } });

function closing(aboutOne: Make): void {
  aboutOne('decline', 'As its payee: I want none of it; it returns to the fund and enlarges no one else’s')
    .option('--yes', 'I mean it')
    .action(
      telling(async (place, { yes }: DeclineOptions, obligationId: string) => {
        const { payments, params } = place;
        const { obligation } = await read(place, obligationId);
        await requireMeant(yes, obligationLines(obligation));
        return payments.declineObligation({ params: { ...params, obligationId }, ...once() });
      }, obligationLines),
    );
  aboutOne(
    'close',
    'As a finance clerk: nobody claimed it in the time of the charter; it returns to its fund',
  )
    .requiredOption('--reason <text>', 'how its payee was asked; it is published')
    .action(
      telling(
        ({ payments, params }, { reason }: ReasonOptions, obligationId: string) =>
          payments.closeUnclaimed({ params: { ...params, obligationId }, body: { reason }, ...once() }),
        obligationLines,
      ),
    );
}

function cancelling(aboutOne: Make): void {
  aboutOne('propose', 'As a finance clerk: say that it cannot be paid, and why; the payee is told')
    .requiredOption('--reason <text>', 'why; it is published')
    .action(
      telling(
        ({ payments, params }, { reason }: ReasonOptions, obligationId: string) =>
          payments.proposeCancellation({ params: { ...params, obligationId }, body: { reason }, ...once() }),
        (obligation) => [
          ...obligationLines(obligation),
          'Nothing is cancelled yet. A payout approver reads and confirms it, signed in as themself:',
          `  talkoot obligations cancel confirm ${obligation.obligationId}`,
        ],
      ),
    );
  aboutOne('confirm', 'As a payout approver, another person: it is cancelled, its money returns to its fund')
    .option('--sha256 <hash>', 'of the proposal that you read; without it you are shown and asked')
    .action(
      telling(async (place, { sha256 }: ConfirmOptions, obligationId: string) => {
        const { payments, params } = place;
        const proposalSha256 = await signedHash(sha256, async () =>
          proposalOf(await read(place, obligationId)),
        );
        const body = { proposalSha256 };
        return payments.confirmCancellation({ params: { ...params, obligationId }, body, ...once() });
      }, obligationLines),
    );
}

/** @throws ServiceRefused `not-proposed` */
function proposalOf(shown: Awaited<ReturnType<typeof read>>) {
  const { cancellation } = shown.obligation;
  if (cancellation) return { lines: obligationFileLines(shown), sha256: cancellation.sha256 };
  throw new ServiceRefused(
    'not-proposed',
    'Nobody proposed to cancel it: talkoot obligations cancel propose',
  );
}
