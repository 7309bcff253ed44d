import { Argument } from 'commander';
import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { instantFrom } from '../instant.option.ts';
import { PollRefused, refusingPlainly } from './poll.errors.ts';
import { aboutPoll, placeOfPoll } from './poll.place.ts';
import { tell } from '../terminal.ts';
import type { PlaceOptions } from './poll.place.ts';
import { awaitedInWords } from './poll.text.ts';
import { sessionToken } from './session.token.ts';

const changes = ['extend', 'suspend', 'resume', 'rectify'] as const;
type Change = (typeof changes)[number];

interface ConfirmOptions extends PlaceOptions {
  readonly due?: string;
}
interface AskOptions extends ConfirmOptions {
  readonly reason: string;
}

/** `talkoot poll wait`: two people give a running wait of a poll more time, stop its time or correct its end. */
export function registerWait(poll: Command): void {
  const wait = poll
    .command('wait')
    .description(
      'Extend, suspend, resume or rectify what a poll waits for: one asks, another one confirms (sponsor, appeal-body, poll-officer or budget-authority)',
    );
  aboutChange(wait.command('ask'))
    .description('Ask for a change of the running wait; it holds when another person confirms it')
    .requiredOption('--reason <text>', 'why; it is published')
    .action((pollId: string, change: Change, options: AskOptions) =>
      refusingPlainly(() => ask(pollId, change, options)),
    );
  aboutChange(wait.command('confirm'))
    .description('Confirm what another person asked for, as they asked for it')
    .action((pollId: string, change: Change, options: ConfirmOptions) =>
      refusingPlainly(() => confirm(pollId, change, options)),
    );
}

function aboutChange(command: Command): Command {
  return aboutPoll(command)
    .addArgument(new Argument('<change>', 'what to do with the running wait').choices(changes))
    .option('--due <instant>', 'the new end, for extend and rectify: 2027-05-26T16:00:00+03:00', instantFrom);
}

async function ask(pollId: string, change: Change, options: AskOptions): Promise<void> {
  const { ballots, poll } = await placeOfPoll(pollId, options, () => sessionToken());
  const body = { change, ...dueOf(change, options), reason: options.reason };
  const answer = await ballots.requestPollWaitChange({ params: poll, body, idempotencyKey: randomUUID() });
  const due = options.due === undefined ? '' : ` --due ${options.due}`;
  tell(options, answer, [
    'Asked for, and not yet so. Another person confirms it, signed in as themself:',
    `  talkoot poll wait confirm ${pollId} ${change}${due}`,
    awaitedInWords(pollId, answer.phase, answer),
  ]);
}

async function confirm(pollId: string, change: Change, options: ConfirmOptions): Promise<void> {
  const { ballots, poll } = await placeOfPoll(pollId, options, () => sessionToken());
  const body = { change, ...dueOf(change, options) };
  const answer = await ballots.confirmPollWaitChange({ params: poll, body, idempotencyKey: randomUUID() });
  tell(options, answer, ['It is so.', awaitedInWords(pollId, answer.phase, answer)]);
}

/** @throws PollRefused `due-misplaced` */
function dueOf(change: Change, { due }: ConfirmOptions): { due?: string } {
  const isMoved = change === 'extend' || change === 'rectify';
  if (isMoved !== (due !== undefined)) {
    throw new PollRefused(
      'due-misplaced',
      'To extend and to rectify takes a new end (--due), the others none.',
    );
  }
  return due === undefined ? {} : { due };
}
