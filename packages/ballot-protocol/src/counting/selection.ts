import { allocate } from '@talkoot/allocation';
import type { Allocation, CountedBallot } from '@talkoot/allocation';
import type { Ballot } from '../ballot/ballot.ts';
import type { Manifest } from '../manifest/manifest.shape.ts';

/**
 * What counted ballots fund by the rule of the manifest, and why; null where the poll allocates nothing.
 * @param lot all options in the order drawn
 * @throws AllocationError
 */
export function allocationOf(
  { ballot, allocation }: Pick<Manifest, 'ballot' | 'allocation'>,
  ballots: readonly Ballot[],
  lot: readonly string[],
): Allocation | null {
  if (allocation === null || ballot.type === 'yes-no' || ballot.type === 'bonus') return null;
  const { budget, ...rule } = allocation;
  const idOf = (place: number) => ballot.options[place]!.id;
  const choices = new Map<Ballot, CountedBallot>();
  for (const one of ballots) if (!choices.has(one)) choices.set(one, choicesOf(one, idOf));
  return allocate({
    budget,
    projects: ballot.options,
    ballotType: ballot.type === 'points' ? 'points' : 'approval',
    ballots: ballots.map((one) => choices.get(one)!),
    rule,
    lot,
  });
}

function choicesOf(ballot: Ballot, idOf: (place: number) => string): CountedBallot {
  if (ballot.type === 'points') {
    return {
      choices: ballot.points.map(({ place }) => idOf(place)),
      points: ballot.points.map(({ points }) => points),
    };
  }
  return { choices: 'places' in ballot ? ballot.places.map(idOf) : [] };
}
