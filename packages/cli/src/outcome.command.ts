import { decideOutcome, OutcomeError } from '@talkoot/impact/outcome';
import type { OutcomeResults, OutcomeTerms } from '@talkoot/impact/outcome';
import type { Command } from 'commander';
import { readBounded } from './bounded-file.ts';
import { jsonOf, textOf } from './outcome/outcome.report.ts';
import { readSignedJson } from './outcome/signed.json.ts';

const mostBytes = 1024 * 1024;

/** Adds `talkoot outcome decide`: what a contract pays by its terms and results, and why. */
export function registerOutcome(program: Command): void {
  const outcome = program.command('outcome').description('Outcome contracts (Social Impact Bonds)');
  const decide = outcome
    .command('decide')
    .description('Decide what an outcome contract pays, and why')
    .argument('<terms>', 'JSON, as schemas/outcome-terms.json of packages/impact describes')
    .argument('<results>', 'JSON, as schemas/outcome-results.json describes')
    .option(
      '--json',
      'print {amount, currency, reason, subtotals, open, computation, lines}; amounts in currency units',
    )
    .action(async (termsPath: string, resultsPath: string, { json }: { readonly json?: boolean }) => {
      decide.showHelpAfterError(false);
      try {
        const terms = (await readJson(termsPath, 'terms-malformed')) as OutcomeTerms;
        const results = (await readJson(resultsPath, 'results-malformed')) as OutcomeResults;
        const decision = decideOutcome(terms, results);
        process.stdout.write(json ? jsonOf(decision) : textOf(terms, decision));
      } catch (error) {
        if (!(error instanceof OutcomeError)) throw error;
        decide.error(`${error.code}: ${error.message}`, { exitCode: 1, code: error.code });
      }
    });
}

async function readJson(path: string, code: 'terms-malformed' | 'results-malformed'): Promise<unknown> {
  const bytes = await readBounded(path, mostBytes);
  if (bytes.length > mostBytes) throw new OutcomeError(code, `more than ${mostBytes} bytes`);
  return readSignedJson(bytes, code);
}
