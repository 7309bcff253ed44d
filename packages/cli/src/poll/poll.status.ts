import { ApiProblem } from '@talkoot/api-contracts';
import type { KeyCeremony } from '@talkoot/api-contracts/ballots';
import type { Command } from 'commander';
import { refusingPlainly } from './poll.errors.ts';
import { aboutPoll, placeOfPoll, tell } from './poll.place.ts';
import type { PlaceOptions, PollPlace } from './poll.place.ts';

/** `talkoot poll status`: where a poll is and who has to do what, from what everybody may read. */
export function registerStatus(poll: Command): void {
  aboutPoll(poll.command('status'))
    .description('Phase, windows and key of a poll, and who is awaited')
    .action((pollId: string, options: PlaceOptions) =>
      refusingPlainly(async () => {
        const place = await placeOfPoll(pollId, options);
        const record = await place.ballots.getPoll({ params: place.poll });
        const key = await ceremonyOf(place);
        const { phase, roll, manifestSha256, windows, lifecycle } = record;
        const { wait, awaiting, dueAt } = lifecycle;
        tell(options, { pollId, phase, roll, manifestSha256, windows, wait, awaiting, dueAt, key }, [
          `${pollId}: ${phase}${wait ? `, ${wait} awaited of ${awaiting}, due ${dueAt}` : ''}`,
          ...(roll === null ? [] : [`on the roll: ${roll}`]),
          ...(manifestSha256 ? [`manifest: ${manifestSha256}`] : []),
          ...Object.entries(windows ?? {}).map(([name, at]) => `${name}: ${at}`),
          ...(key ? keyLines(key) : []),
        ]);
      }),
    );
}

async function ceremonyOf({ ballots, poll }: PollPlace): Promise<KeyCeremony | null> {
  try {
    return await ballots.getKeyCeremony({ params: poll });
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'poll-roll-not-frozen') return null;
    throw error;
  }
}

function keyLines(key: KeyCeremony): string[] {
  const { ceremony, awaited } = key;
  return [
    `key: ${ceremony.threshold} of ${ceremony.trustees.length} trustees; awaited: ${awaited}`,
    ...ceremony.trustees.flatMap(({ index, name, organisation, signingKey, sealingKey }) => [
      `  ${index} ${name} (${organisation}): ${doneBy(key, index)}`,
      // To be compared with the charter: a name is anybody's.
      `    ${signingKey} ${sealingKey}`,
    ]),
  ];
}

function doneBy({ round1, round2, confirmations, released, destroyed }: KeyCeremony, index: number): string {
  const gave = (packages: readonly { readonly index: number }[]) =>
    packages.some((one) => one.index === index);
  const done = [
    ...(gave(round1) ? ['round 1'] : []),
    ...(gave(round2) ? ['round 2'] : []),
    ...(gave(confirmations) ? ['confirmed'] : []),
    ...(released.includes(index) ? ['released'] : []),
    ...(gave(destroyed) ? ['destroyed'] : []),
  ];
  return done.join(', ') || 'nothing yet';
}
