import type { Desk } from '@talkoot/api-contracts/ballots';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { PollRefused, refusingPlainly } from '../poll.errors.ts';
import { aboutPoll, placeOfPoll } from '../poll.place.ts';
import { tell } from '../../terminal.ts';
import type { PlaceOptions, PollPlace } from '../poll.place.ts';
import { sessionToken } from '../session.token.ts';

interface TotalsOptions extends PlaceOptions {
  readonly desk?: string;
  readonly entered?: number;
}

export function registerTotals(desk: Command): void {
  aboutPoll(desk.command('totals'))
    .description(
      'Show what desks issued and entered; with a number, state what you counted (signed in: TALKOOT_TOKEN)',
    )
    .option('--desk <id>', 'the desk whose papers you counted')
    .option('--entered <number>', 'how many there were', papersFrom)
    .action((pollId: string, options: TotalsOptions) =>
      refusingPlainly(async () => {
        if ((options.desk === undefined) !== (options.entered === undefined)) {
          throw new PollRefused(
            'total-incomplete',
            'State a desk together with its number: --desk and --entered.',
          );
        }
        const desks =
          options.desk === undefined ? await allDesks(pollId, options) : [await state(pollId, options)];
        tell(options, { desks }, desks.length === 0 ? [noDesks] : desks.map(inWords));
      }),
    );
}

async function state(pollId: string, options: TotalsOptions): Promise<Desk> {
  const { ballots, poll } = await placeOfPoll(pollId, options, () => sessionToken());
  const params = { ...poll, desk: options.desk! };
  const body = { entered: options.entered! };
  return ballots.stateDeskTotal({ params, body, idempotencyKey: randomUUID() });
}

async function allDesks(pollId: string, options: TotalsOptions): Promise<Desk[]> {
  const place: PollPlace = await placeOfPoll(pollId, options);
  const desks: Desk[] = [];
  let after: string | null | undefined;
  do {
    const query = after ? { after } : {};
    const page = await place.ballots.listDesks({ params: place.poll, query });
    desks.push(...page.items);
    after = page.next;
  } while (after);
  return desks;
}

const noDesks =
  'No desk is known: issuers tell of theirs when certificates are closed, and nobody stated a number before.';

function inWords({ desk, state, issued, entered }: Desk): string {
  return `${desk}: papers: ${entered ?? '-'} (${meanings[state]}); certificates: ${issued ?? 'told when issuing ends'}`;
}

const meanings: Readonly<Record<Desk['state'], string>> = {
  none: 'nobody stated a number, or two people stated different ones',
  stated: 'one person stated a number; a second one has to state the same',
  confirmed: 'two people counted so many',
  exceeding: 'MORE THAN CERTIFICATES: no verification will pass; count again',
};

function papersFrom(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A number of papers, such as 41.');
}
