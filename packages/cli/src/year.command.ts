import type { Command } from 'commander';
import { amountFrom } from './amount.text.ts';
import { once, telling } from './operation/payments.command.ts';
import { aboutPayments } from './operation/payments.place.ts';
import type { PaymentsOptions } from './operation/payments.place.ts';
import { signedHash } from './operation/signing.ts';
import { wholeFrom } from './whole.option.ts';
import { closingLines, fundsLines, yearEndLines } from './year/year.text.ts';

interface ProposeOptions extends PaymentsOptions {
  readonly round: string;
  readonly bonus: string;
  readonly outcome: string;
  readonly reason: string;
}
interface ConfirmOptions extends PaymentsOptions {
  readonly sha256?: string;
}

type Make = (name: string, description: string) => Command;

/** `talkoot year`: two people end a fiscal year of a pilot, after reading what lapses and what goes on. */
export function registerYear(program: Command): void {
  const year = program
    .command('year')
    .description(
      'The fiscal year of a pilot: its funds, and its end by two people (signed in: TALKOOT_TOKEN)',
    );
  const ofPilot: Make = (name, description) =>
    aboutPayments(year.command(name)).description(description).argument('<pilot>', 'such as pil-…');
  const ofYear: Make = (name, description) =>
    ofPilot(name, description).argument('<year>', 'such as 2027', wholeFrom(2000, 2200));
  reading(ofPilot, ofYear);
  ending(ofYear);
}

function reading(ofPilot: Make, ofYear: Make): void {
  ofPilot('funds', 'Which year is open, and what its funds hold').action(
    telling(
      ({ payments, params }, _: PaymentsOptions, pilotId: string) =>
        payments.getPilotFunds({ params: { ...params, pilotId } }),
      fundsLines,
    ),
  );
  ofYear('preview', 'What would lapse and what would go on, if it ended now; changes nothing').action(
    telling(
      ({ payments, params }, _: PaymentsOptions, pilotId: string, fiscalYear: number) =>
        payments.previewYearEnd({ params: { ...params, pilotId, fiscalYear } }),
      closingLines,
    ),
  );
  ofYear('show', 'Its end, as it is proposed or confirmed').action(
    telling(
      ({ payments, params }, _: PaymentsOptions, pilotId: string, fiscalYear: number) =>
        payments.getYearEnd({ params: { ...params, pilotId, fiscalYear } }),
      yearEndLines,
    ),
  );
}

function ending(ofYear: Make): void {
  ofYear('propose', 'As a finance clerk: propose to end it, and what is allotted for the next one')
    .option('--round <amount>', 'allotted for the next year, such as 900000.00', '0')
    .option('--bonus <amount>', 'the same for bonuses', '0')
    .option('--outcome <amount>', 'the same for outcome contracts', '0')
    .requiredOption('--reason <text>', 'by which decision; it is published')
    .action(
      telling(
        async ({ payments, params: here }, options: ProposeOptions, pilotId: string, fiscalYear: number) => {
          const params = { ...here, pilotId, fiscalYear };
          const { limit } = await payments.getPilotFunds({ params: { ...here, pilotId } });
          const allotted = (text: string) => amountFrom(text, limit.currency);
          const { round, bonus, outcome, reason } = options;
          const allotment = { round: allotted(round), bonus: allotted(bonus), outcome: allotted(outcome) };
          return payments.proposeYearEnd({ params, body: { allotment, reason }, ...once() });
        },
        (proposed) => [
          ...yearEndLines(proposed),
          'The budget authority reads and confirms it, signed in as another person:',
          `  talkoot year confirm ${proposed.pilotId} ${proposed.fiscalYear}`,
        ],
      ),
    );
  ofYear('confirm', 'As the budget authority, another person: end it as it was proposed; it cannot be undone')
    .option('--sha256 <hash>', 'of the proposal that you read; without it you are shown and asked')
    .action(
      telling(
        async ({ payments, params: here }, options: ConfirmOptions, pilotId: string, fiscalYear: number) => {
          const params = { ...here, pilotId, fiscalYear };
          const sha256 = await signedHash(options.sha256, async () => {
            const proposed = await payments.getYearEnd({ params });
            return { lines: yearEndLines(proposed), sha256: proposed.sha256 };
          });
          return payments.confirmYearEnd({ params, body: { sha256 }, ...once() });
        },
        yearEndLines,
      ),
    );
}
