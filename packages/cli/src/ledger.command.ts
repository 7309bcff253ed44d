import { Option } from 'commander';
import type { Command } from 'commander';
import type { ExportOptions, VerifyOptions } from './ledger/auditing.ts';
import { aboutPayments } from './operation/payments.place.ts';

// Loads the client of the service, which other commands do not need.
const auditing = () => import('./ledger/auditing.ts');

/** `talkoot ledger`: what an auditor asks of the books. */
export function registerLedger(program: Command): void {
  const ledger = program.command('ledger').description('The ledger of a municipality, for auditors');
  aboutPayments(ledger.command('export'))
    .description('Print all entries as one CSV file, which a spreadsheet opens')
    .option('--pilot <id>', 'only those of one pilot')
    .option('--year <year>', 'only those of one fiscal year')
    .addOption(
      new Option('--separator <name>', 'semicolon with decimal commas, or comma with decimal points')
        .choices(['semicolon', 'comma'])
        .default('semicolon'),
    )
    .action(async (options: ExportOptions) => (await auditing()).exportAll(options));
  aboutPayments(ledger.command('verify'))
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
}

const collected = (file: string, before: readonly string[]) => [...before, file];
