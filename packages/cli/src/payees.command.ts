import { refusedChanges, verificationResults } from '@talkoot/api-contracts/payments';
import { Argument, Option } from 'commander';
import type { Command } from 'commander';
import { instantFrom } from './instant.option.ts';
import { given, listing, telling } from './operation/payments.command.ts';
import { aboutPayments } from './operation/payments.place.ts';
import type { PaymentsOptions, PaymentsPlace } from './operation/payments.place.ts';
import { requireMeant, unseen } from './operation/signing.ts';
import { addressFrom, withAddress } from './payees/address.options.ts';
import type { AddressOptions } from './payees/address.options.ts';
import { accountLine, erasureLine, payeeLines } from './payees/payee.text.ts';

interface EnterOptions extends AddressOptions {
  readonly name: string;
  readonly evidence: string;
}
interface VerifyOptions extends PaymentsOptions {
  readonly change?: string;
  readonly at?: string;
}
interface RegisterOptions extends PaymentsOptions {
  readonly until: string;
  readonly evidence: string;
}
interface RefuseOptions extends PaymentsOptions {
  readonly because: (typeof refusedChanges)[number];
}
interface PayMeOptions extends AddressOptions {
  readonly name?: string;
}
interface EraseOptions extends PaymentsOptions {
  readonly yes?: boolean;
}

type Make = (name: string, description: string) => Command;

/** `talkoot payees`: how people and companies are paid. Account numbers and national ids go in, and never come out in full. */
export function registerPayees(program: Command): void {
  const payees = program
    .command('payees')
    .description('How people and companies are paid (signed in: TALKOOT_TOKEN)');
  const command: Make = (name, description) => aboutPayments(payees.command(name)).description(description);
  const aboutOne: Make = (name, description) =>
    command(name, description).argument('<payee>', 'such as per-…');
  reading(command, aboutOne);
  clerks(aboutOne);
  approvers(aboutOne);
  own(command);
  command(
    'national-id',
    'For the income report: my own, or as payroll that of a payee (TALKOOT_NATIONAL_ID, or asked for)',
  )
    .argument('[payee]', 'such as per-…; without it, my own')
    .action(
      telling((place, _: PaymentsOptions, payeeId?: string) => giveNationalId(place, payeeId), payeeLines),
    );
}

const ofOne = ({ params }: PaymentsPlace, payeeId: string) => ({ params: { ...params, payeeId } });

function reading(command: Make, aboutOne: Make): void {
  command('list', 'Payees, account numbers masked')
    .addOption(
      new Option('--awaiting <what>', 'only new accounts that nobody approved').choices(['approval']),
    )
    .action(
      listing(
        ({ payments, params }, after, { awaiting }: PaymentsOptions & { awaiting?: 'approval' }) =>
          payments.listPayees({ params, query: { ...after, ...given({ awaiting }) } }),
        payeeLines,
        'There are none.',
      ),
    );
  aboutOne('show', 'One payee: new account, who entered it, what the bank said').action(
    telling(
      (place, _: PaymentsOptions, payeeId: string) => place.payments.getPayee(ofOne(place, payeeId)),
      payeeLines,
    ),
  );
  aboutOne('accounts', 'New accounts of a payee that were paid to: who entered and who approved each').action(
    listing(
      (place, query, _: PaymentsOptions, payeeId: string) =>
        place.payments.listPayeeAccounts({ ...ofOne(place, payeeId), query }),
      (account) => [accountLine(account)],
      'Nothing but the account that the payee gave at first.',
    ),
  );
}

function clerks(aboutOne: Make): void {
  const enter = aboutOne(
    'enter',
    'As a finance clerk: the account of a company, from its contract; a second person approves it',
  )
    .requiredOption('--name <name>', 'as its bank knows it')
    .requiredOption('--evidence <text>', 'where the account was found, such as a contract')
    .argument('[iban]', 'without it TALKOOT_IBAN, or you are asked');
  withAddress(enter).action(
    telling(async (place, options: EnterOptions, payeeId: string, iban?: string) => {
      const { name, evidence } = options;
      const account = { name, iban: iban ?? (await ibanUnseen()), ...addressFrom(options) };
      return place.payments.enterAccount({ ...ofOne(place, payeeId), body: { ...account, evidence } });
    }, payeeLines),
  );
  aboutOne('verify', 'As a finance clerk: record what the bank says of name and account')
    .addArgument(new Argument('<result>').choices([...verificationResults]))
    .option('--change <id>', 'of the new account')
    .option('--at <instant>', 'when it said so (default: now)', instantFrom)
    .action(
      telling(
        (place, options: VerifyOptions, payeeId: string, result: (typeof verificationResults)[number]) => {
          const { at = new Date().toISOString(), change } = options;
          const body = { result, checkedAt: at, ...given({ changeId: change }) };
          return place.payments.recordVerification({ ...ofOne(place, payeeId), body });
        },
        payeeLines,
      ),
    );
  aboutOne(
    'register',
    'As a finance clerk or payroll: a prepayment registration; until its last day a bank pays',
  )
    .requiredOption('--until <date>', 'such as 2027-12-31')
    .requiredOption('--evidence <text>', 'where it was seen')
    .action(
      telling((place, { until, evidence }: RegisterOptions, payeeId: string) => {
        const body = { until, evidence };
        return place.payments.recordRegistration({ ...ofOne(place, payeeId), body });
      }, payeeLines),
    );
}

const ibanUnseen = () => unseen('TALKOOT_IBAN', 'Account number (IBAN)');

function approvers(aboutOne: Make): void {
  const change = ['<change>', 'such as chg-…'] as const;
  aboutOne(
    'approve',
    'As a payout approver: a new account, after asking the payee by a way known from before',
  )
    .argument(...change)
    .action(
      telling(
        (place, _: PaymentsOptions, payeeId: string, changeId: string) =>
          place.payments.approveAccountChange({ ...ofOne(place, payeeId), body: { changeId } }),
        payeeLines,
      ),
    );
  aboutOne('refuse', 'As a payout approver: a new account, also an approved one before it is paid to')
    .argument(...change)
    .addOption(new Option('--because <reason>', 'why').choices([...refusedChanges]).makeOptionMandatory())
    .action(
      telling((place, { because }: RefuseOptions, payeeId: string, changeId: string) => {
        const body = { changeId, because };
        return place.payments.refuseAccountChange({ ...ofOne(place, payeeId), body });
      }, payeeLines),
    );
}

/** What payees do themselves. What is secret comes from the environment or the terminal, not from the history of a shell. */
function own(command: Make): void {
  command('mine', 'How I am paid').action(
    telling(({ payments, params }) => payments.getPayeeDetails({ params }), payeeLines),
  );
  const payMe = command(
    'pay-me',
    'Say how I am paid: by the payroll office, or with --name to an account (TALKOOT_IBAN, or asked for)',
  ).option('--name <name>', 'as my bank knows me');
  withAddress(payMe).action(
    telling(async ({ payments, params }, options: PayMeOptions) => {
      const { name } = options;
      if (name === undefined) return payments.putPayeeDetails({ params, body: { method: 'payroll' } });
      const account = { name, iban: await ibanUnseen(), ...addressFrom(options) };
      return payments.putPayeeDetails({ params, body: { method: 'bank', ...account } });
    }, payeeLines),
  );
  command('withdraw', 'I did not ask for this account, or no longer want it')
    .argument('<change>', 'such as chg-…')
    .action(
      telling(
        ({ payments, params }, _: PaymentsOptions, changeId: string) =>
          payments.withdrawAccountChange({ params, body: { changeId } }),
        payeeLines,
      ),
    );
  command('erase', 'Forget how I am paid, at once or as soon as nothing may come back')
    .option('--yes', 'I mean it')
    .action(
      telling(
        async ({ payments, params }, { yes }: EraseOptions) => {
          await requireMeant(yes, ['Your account, name, address and national id are forgotten here.']);
          return payments.requestErasure({ params });
        },
        (answer) => [erasureLine(answer)],
      ),
    );
}

async function giveNationalId({ payments, params }: PaymentsPlace, payeeId: string | undefined) {
  const body = { nationalId: await unseen('TALKOOT_NATIONAL_ID', 'National id') };
  return payeeId === undefined
    ? payments.putNationalId({ params, body })
    : payments.putNationalIdOf({ params: { ...params, payeeId }, body });
}
