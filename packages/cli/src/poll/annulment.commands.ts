import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { refusingPlainly } from './poll.errors.ts';
import { aboutPoll, placeOfPoll } from './poll.place.ts';
import { tell } from '../terminal.ts';
import type { PlaceOptions } from './poll.place.ts';
import { awaitedInWords } from './poll.text.ts';
import { sessionToken } from './session.token.ts';

interface AnnulOptions extends PlaceOptions {
  readonly reason: string;
}

/** `talkoot poll annul`: two people end a poll that nobody can finish. */
export function registerAnnulment(poll: Command): void {
  const annul = poll
    .command('annul')
    .description(
      'End a poll that nobody can finish, before its key is released: the poll officer asks, the appeal body confirms',
    );
  withReason(annul.command('ask'))
    .description('As the poll officer: ask to annul the poll')
    .action((pollId: string, options: AnnulOptions) => refusingPlainly(() => ask(pollId, options)));
  withReason(annul.command('confirm'))
    .description('As the appeal body: annul the poll; it has no result')
    .action((pollId: string, options: AnnulOptions) => refusingPlainly(() => confirm(pollId, options)));
}

const withReason = (command: Command) =>
  aboutPoll(command).requiredOption('--reason <text>', 'why; it is published');

async function ask(pollId: string, options: AnnulOptions): Promise<void> {
  const { ballots, poll: params } = await placeOfPoll(pollId, options, () => sessionToken());
  const body = { reason: options.reason };
  const answer = await ballots.requestPollAnnulment({ params, body, idempotencyKey: randomUUID() });
  tell(options, answer, [
    'Asked for, and not yet so. The appeal body confirms it, signed in as itself:',
    `  talkoot poll annul confirm ${pollId} --reason TEXT`,
    awaitedInWords(pollId, answer.phase, answer),
  ]);
}

async function confirm(pollId: string, options: AnnulOptions): Promise<void> {
  const { ballots, poll: params } = await placeOfPoll(pollId, options, () => sessionToken());
  const body = { reason: options.reason };
  const answer = await ballots.confirmPollAnnulment({ params, body, idempotencyKey: randomUUID() });
  tell(options, answer, [`Done: ${pollId} is ${answer.phase}`, awaitedInWords(pollId, answer.phase, answer)]);
}
