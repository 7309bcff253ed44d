import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { refusingPlainly } from './poll.errors.ts';
import { aboutPoll, placeOfPoll } from './poll.place.ts';
import { tell } from '../terminal.ts';
import type { PlaceOptions } from './poll.place.ts';
import { awaitedInWords } from './poll.text.ts';
import { sessionToken } from './session.token.ts';

const moves = {
  freeze: ['freezePollRoll', 'Freeze the rolls: who may vote in this poll'],
  open: ['openPoll', 'Open the poll'],
  close: ['closePoll', 'Issue no more certificates; whoever has theirs may still cast'],
  'end-casting': ['endCasting', 'Accept no more ballots'],
  'end-complaints': ['endComplaints', 'Accept no more complaints'],
  publish: ['publishPoll', 'Publish the tally, and the files from which anybody recounts it'],
  'end-appeals': ['endPollAppeals', 'As the appeal body: close the window for appeals'],
} as const;

/** What a poll officer decides. Who may, and when, the service and the poll's workflow say. */
export function registerOfficer(poll: Command): void {
  for (const [name, [route, description]] of Object.entries(moves)) {
    aboutPoll(poll.command(name))
      .description(`${description} (signed in: TALKOOT_TOKEN)`)
      .action((pollId: string, options: PlaceOptions) =>
        refusingPlainly(async () => {
          const place = await placeOfPoll(pollId, options, () => sessionToken());
          const move = { params: place.poll, idempotencyKey: randomUUID() };
          const answer = await place.ballots[route](move);
          tell(options, answer, [
            `Done: ${pollId} is ${answer.phase}`,
            awaitedInWords(pollId, answer.phase, answer),
          ]);
        }),
      );
  }
}
