import { newTrustee } from '@talkoot/ballot-protocol';
import { custodyInMemory } from '../../poll/custody.memory.ts';
import { advance, destroy, release } from '../../poll/trustee.ts';
import type { Custody, Trustee } from '../../poll/trustee.ts';
import type { PlannedTrustee } from '../plan.ts';
import { municipalityOf } from '../play.ts';
import type { Play, PlayedPoll, PlayedTrustee } from '../play.ts';

/** Each trustee makes the keys that the charter names; their secrets never leave them. */
export function trusteesMakeKeys(planned: readonly PlannedTrustee[]): PlayedTrustee[] {
  return planned.map((trustee) => ({ ...trustee, ...newTrustee(), custody: new Map<string, Custody>() }));
}

/** The ceremony, as trustees anywhere would hold it: nobody gives a round before everybody gave the one before. */
export async function keyIsMade(play: Play, { pollId }: PlayedPoll): Promise<void> {
  for (const round of ['round 1', 'round 2', 'confirmation']) {
    await eachOf(play.trustees, play, pollId, (trustee) => advance(trustee), round);
  }
}

/** As many as are needed give their shares; another one is away each time. */
export async function keyIsReleased(play: Play, { pollId, number }: PlayedPoll): Promise<void> {
  const { threshold } = play.plan.charter.poll;
  const present = play.trustees.map((_, at) => play.trustees[(number + at) % play.trustees.length]!);
  await eachOf(present.slice(0, threshold), play, pollId, release, 'share');
}

export async function sharesAreDestroyed(play: Play, { pollId }: PlayedPoll): Promise<void> {
  await eachOf(play.trustees, play, pollId, destroy, 'destruction');
}

async function eachOf(
  trustees: readonly PlayedTrustee[],
  play: Play,
  pollId: string,
  take: (trustee: Trustee) => Promise<unknown>,
  step: string,
): Promise<void> {
  await Promise.all(
    trustees.map(async (played) => {
      try {
        await take(atWork(play, played, pollId));
      } catch (cause) {
        throw new Error(`${step} of ${played.name} in poll ${pollId} failed`, { cause });
      }
    }),
  );
}

function atWork(play: Play, { secrets, custody }: PlayedTrustee, pollId: string): Trustee {
  if (!custody.has(pollId)) custody.set(pollId, custodyInMemory());
  return {
    ballots: play.visitor.ballots,
    poll: { ...municipalityOf(play), pollId },
    identity: secrets,
    custody: custody.get(pollId)!,
  };
}
