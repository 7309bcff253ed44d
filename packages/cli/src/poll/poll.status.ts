import { ApiProblem } from '@talkoot/api-contracts';
import type { KeyCeremony } from '@talkoot/api-contracts/ballots';
import { pollActsIn, pollWords } from '@talkoot/workflow-contracts';
import type { Phase, PollAct, WaitName } from '@talkoot/workflow-contracts';
import type { Command } from 'commander';
import { refusingPlainly } from './poll.errors.ts';
import { aboutPoll, placeOfPoll } from './poll.place.ts';
import { tell } from '../terminal.ts';
import type { PlaceOptions, PollPlace } from './poll.place.ts';
import { awaitedInWords, instantInWords } from './poll.text.ts';

type PollRecord = Awaited<ReturnType<PollPlace['ballots']['getPoll']>>;

/** `talkoot poll status`: where a poll is and who has to do what, from what everybody may read. */
export function registerStatus(poll: Command): void {
  aboutPoll(poll.command('status'))
    .description(
      'Where a poll is: who is awaited, the next command of each, its windows, and who gave what for its key',
    )
    .action((pollId: string, options: PlaceOptions) =>
      refusingPlainly(async () => {
        const place = await placeOfPoll(pollId, options);
        const record = await place.ballots.getPoll({ params: place.poll });
        const key = await ceremonyOf(place);
        const { phase, roll, manifestSha256, windows, lifecycle } = record;
        const { wait, awaiting, dueAt } = lifecycle;
        const acts = actsIn(record, key);
        tell(options, { pollId, phase, roll, manifestSha256, windows, wait, awaiting, dueAt, acts, key }, [
          `${pollId}: ${phase}, that is: ${pollWords[phase as Phase<'poll'>]}`,
          awaitedInWords(pollId, phase, lifecycle),
          ...acts.flatMap(actLines),
          ...(roll === null ? [] : [`On the roll: ${roll}`]),
          ...(manifestSha256 ? [`Manifest: ${manifestSha256}`] : []),
          ...(windows ? ['Windows, as the manifest says:'] : []),
          ...Object.entries(windows ?? {}).map(
            ([name, at]) => `  ${windowNames[name]} ${instantInWords(at)}`,
          ),
          ...(key ? keyLines(key) : []),
        ]);
      }),
    );
}

const windowNames: Readonly<Record<string, string>> = {
  opens: 'opens',
  certificatesClose: 'certificates until',
  castingCloses: 'casting until',
  complaintsClose: 'complaints until',
};

async function ceremonyOf({ ballots, poll }: PollPlace): Promise<KeyCeremony | null> {
  try {
    return await ballots.getKeyCeremony({ params: poll });
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'poll-roll-not-frozen') return null;
    throw error;
  }
}

/** Trustees have a last thing to do when nobody else is awaited any more. */
function actsIn({ pollId, windows, lifecycle }: PollRecord, key: KeyCeremony | null): readonly PollAct[] {
  const { wait } = lifecycle;
  if (wait !== null) return pollActsIn(wait as WaitName<'poll'>, pollId, windows !== null);
  if (key?.awaited !== 'destruction' || key.destroyed.length === key.ceremony.trustees.length) return [];
  const command = `talkoot poll trustee destroy ${pollId} --identity FILE`;
  return [{ by: 'trustee', does: 'destroys its share, and signs that it did', command }];
}

function actLines({ by, does, command }: PollAct): string[] {
  return [`  ${by} ${does}`, ...(command === null ? [] : [`    ${command}`])];
}

function keyLines(key: KeyCeremony): string[] {
  const { threshold, trustees } = key.ceremony;
  return [
    `Key: ${threshold} of ${trustees.length} trustees open the ballots; ${steps[key.awaited]}`,
    ...trustees.flatMap(({ index, name, organisation, signingKey, sealingKey }) => [
      `  ${index} ${name} (${organisation}): ${doneBy(key, index)}`,
      // To be compared with the charter: a name is anybody's.
      `    ${signingKey} ${sealingKey}`,
    ]),
  ];
}

const steps: Readonly<Record<KeyCeremony['awaited'], string>> = {
  round1: 'awaited of each: round 1',
  round2: 'awaited of each: round 2',
  confirmation: 'awaited of each: the confirmation',
  nothing: 'nothing is awaited of them now',
  share: 'awaited: their shares',
  destruction: 'awaited of each: that the share is destroyed',
};

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
