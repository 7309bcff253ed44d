import { Option } from 'commander';
import type { Command } from 'commander';
import type { ExportOptions, LedgerOptions, VerifyOptions } from './ledger/auditing.ts';

// Loads the client of the service, which other commands do not need.
const auditing = () => import('./ledger/auditing.ts');

/** `talkoot ledger`: what an auditor asks of the books. */
export function registerLedger(program: Command): void {
  const ledger = program.command('ledger').description('The ledger of a municipality, for auditors');
  aboutLedger(ledger.command('export'))
    .description('Print all entries as one CSV file, which a spreadsheet opens')
    .option('--pilot <id>', 'only those of one pilot')
    .option('--year <year>', 'only those of one fiscal year')
    .addOption(
      new Option('--separator <name>', 'semicolon with decimal commas, or comma with decimal points')
        .choices(['semicolon', 'comma'])
        .default('semicolon'),
    )
    .action(async (options: ExportOptions) => (await auditing()).exportAll(options));
  aboutLedger(ledger.command('verify'))
    .description(
      'Follow the chain of hashes through an exported file, or through the service, and name the first entry that breaks it',
    )
    .argument('[file]', 'a file of ledger export; without it the service is asked')
    .option(
      '--heads <file>',
      'what an earlier verification with --json printed; may be repeated',
      collected,
      [],
    )
    .option('--events', 'hold it against the heads that were published as events, too ($KAFKA_BROKERS)')
    .action(async (file: string | undefined, options: VerifyOptions) =>
      (await auditing()).verify(file, options),
    );
  aboutLedger(ledger.command('why'))
    .description(
      'The way of an amount from the fund to the bank, with its computation; signed in by TALKOOT_TOKEN',
    )
    .argument('<id>', 'an obligation (obl-…), an entry or a transaction')
    .action(async (id: string, options: LedgerOptions) => (await auditing()).why(id, options));
}

const aboutLedger = (command: Command): Command =>
  command
    .addOption(new Option('-m, --municipality <id>', 'whose ledger it is').env('TALKOOT_MUNICIPALITY'))
    .option(
      '--url <url>',
      'address of the payments service (default: $PAYMENTS_URL, or the local stack that runs)',
    )
    .option('--data <dir>', 'the local stack in this directory, whatever variables say')
    .option('--json', 'print JSON');

const collected = (file: string, before: readonly string[]) => [...before, file];
