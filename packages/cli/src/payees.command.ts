import { refusedChanges, verificationResults } from '@talkoot/api-contracts/payments';
import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import { aboutPayments, everyPage, placeOfPayments, refusingPlainly } from './operation/payments.place.ts';
import { tell } from './terminal.ts';
import type { PaymentsOptions, PaymentsPlace } from './operation/payments.place.ts';
import { payeeLines } from './payees/payee.text.ts';
import type { PayeeRecord } from './payees/payee.text.ts';

interface EnterOptions extends PaymentsOptions {
  readonly name: string;
  readonly evidence: string;
}
interface VerifyOptions extends PaymentsOptions {
  readonly change?: string;
  readonly at?: string;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** `talkoot payees`: how people and companies are paid. Account numbers go in, and never come out in full. */
export function registerPayees(program: Command): void {
  const payees = program.command('payees').description('How people and companies are paid');
  const command = (name: string, description: string) =>
    aboutPayments(payees.command(name)).description(description);
  const aboutOne = (name: string, description: string) =>
    command(name, description).argument('<payee>', 'such as per-…');
  lists(command);
  clerks(aboutOne);
  approvers(aboutOne);
  own(command);
}

type Make = (name: string, description: string) => Command;

function lists(command: Make): void {
  command('list', 'Payees, account numbers masked')
    .addOption(
      new Option('--awaiting <what>', 'only new accounts that nobody approved').choices(['approval']),
    )
    .action((options: PaymentsOptions & { awaiting?: 'approval' }) =>
      refusingPlainly(async () => {
        const { payments, params } = await placeOfPayments(options);
        const { awaiting } = options;
        const page = (after: object) =>
          payments.listPayees({
            params,
            query: { ...after, ...(awaiting ? { awaiting } : {}) },
          });
        for await (const one of everyPage(page)) {
          print(options.json ? JSON.stringify(one) : payeeLines(one).join('\n'));
        }
      }),
    );
  command('show', 'One payee: new account, who entered it, what the bank said')
    .argument('<payee>', 'such as per-…')
    .action(acting(({ payments }, params) => payments.getPayee({ params })));
}

function clerks(aboutOne: Make): void {
  aboutOne(
    'enter',
    'As a finance clerk: the account of a company, from its contract; a second person approves it',
  )
    .requiredOption('--name <name>', 'as its bank knows it')
    .requiredOption('--evidence <text>', 'where the account was found, such as a contract')
    .argument('<iban>')
    .action((payeeId: string, iban: string, options: EnterOptions) =>
      act(payeeId, options, ({ payments }, params) => {
        const { name, evidence } = options;
        return payments.enterAccount({ params, body: { name, iban, evidence } });
      }),
    );
  aboutOne('verify', 'Record what the bank says of name and account')
    .addArgument(new Argument('<result>').choices([...verificationResults]))
    .option('--change <id>', 'of the new account')
    .option('--at <instant>', 'when it said so (default: now)')
    .action((payeeId: string, result: (typeof verificationResults)[number], options: VerifyOptions) =>
      act(payeeId, options, ({ payments }, params) => {
        const checkedAt = new Date(options.at ?? Date.now()).toISOString();
        const about = options.change === undefined ? {} : { changeId: options.change };
        return payments.recordVerification({ params, body: { result, checkedAt, ...about } });
      }),
    );
  aboutOne('register', 'Record a prepayment registration: until its last day a bank pays')
    .requiredOption('--until <date>', 'such as 2027-12-31')
    .requiredOption('--evidence <text>', 'where it was seen')
    .action((payeeId: string, options: PaymentsOptions & { until: string; evidence: string }) =>
      act(payeeId, options, ({ payments }, params) => {
        const { until, evidence } = options;
        return payments.recordRegistration({ params, body: { until, evidence } });
      }),
    );
  aboutOne('number', 'As payroll: the number under which the payroll system knows the payee')
    .argument('<number>')
    .action((payeeId: string, number: string, options: PaymentsOptions) =>
      act(payeeId, options, ({ payments }, params) =>
        payments.putPayrollNumber({ params, body: { number } }),
      ),
    );
}

function approvers(aboutOne: Make): void {
  aboutOne(
    'approve',
    'As a payout approver: a new account, after asking the payee by a way known from before',
  )
    .argument('<change>', 'such as chg-…')
    .action((payeeId: string, changeId: string, options: PaymentsOptions) =>
      act(payeeId, options, ({ payments }, params) =>
        payments.approveAccountChange({ params, body: { changeId } }),
      ),
    );
  aboutOne('refuse', 'As a payout approver: a new account, also an approved one before it is paid to')
    .argument('<change>', 'such as chg-…')
    .addOption(new Option('--because <reason>', 'why').choices([...refusedChanges]).makeOptionMandatory())
    .action(
      (
        payeeId: string,
        changeId: string,
        options: PaymentsOptions & { because: (typeof refusedChanges)[number] },
      ) =>
        act(payeeId, options, ({ payments }, params) =>
          payments.refuseAccountChange({ params, body: { changeId, because: options.because } }),
        ),
    );
}

/** What payees do themselves. The account number comes from the terminal's environment or a pipe, not from the history of a shell. */
function own(command: Make): void {
  command('mine', 'How I am paid').action((options: PaymentsOptions) =>
    refusingPlainly(async () => {
      const { payments, params } = await placeOfPayments(options);
      const payee = await payments.getPayeeDetails({ params });
      tell(options, payee, payeeLines(payee));
    }),
  );
  command('pay-me', 'Say how I am paid: by the payroll office, or with --name to an account (TALKOOT_IBAN)')
    .option('--name <name>', 'as my bank knows me')
    .action((options: PaymentsOptions & { name?: string }) =>
      refusingPlainly(async () => {
        const { payments, params } = await placeOfPayments(options);
        const { name } = options;
        const iban = process.env.TALKOOT_IBAN ?? '';
        const body =
          name === undefined ? { method: 'payroll' as const } : { method: 'bank' as const, name, iban };
        const payee = await payments.putPayeeDetails({ params, body });
        tell(options, payee, payeeLines(payee));
      }),
    );
  command('withdraw', 'I did not ask for this account, or no longer want it')
    .argument('<change>', 'such as chg-…')
    .action((changeId: string, options: PaymentsOptions) =>
      refusingPlainly(async () => {
        const { payments, params } = await placeOfPayments(options);
        const payee = await payments.withdrawAccountChange({ params, body: { changeId } });
        tell(options, payee, payeeLines(payee));
      }),
    );
  command('erase', 'Forget how I am paid, at once or as soon as nothing may come back').action(
    (options: PaymentsOptions) =>
      refusingPlainly(async () => {
        const { payments, params } = await placeOfPayments(options);
        const answer = await payments.requestErasure({ params });
        const { state, because, notBefore } = answer;
        tell(options, answer, [[state, because, notBefore].filter(Boolean).join(', ')]);
      }),
  );
}

type One = { readonly municipalityId: string; readonly payeeId: string };
type Work = (place: PaymentsPlace, params: One) => Promise<PayeeRecord>;

function act(payeeId: string, options: PaymentsOptions, work: Work): Promise<void> {
  return refusingPlainly(async () => {
    const place = await placeOfPayments(options);
    const payee = await work(place, { ...place.params, payeeId });
    tell(options, payee, payeeLines(payee));
  });
}

const acting = (work: Work) => (payeeId: string, options: PaymentsOptions) => act(payeeId, options, work);
