import type { Ballot } from '../ballot/ballot.ts';
import type { Manifest } from '../manifest/manifest.shape.ts';
import type { Tally } from '../publication/shapes.ts';

/** What counted ballots say together, as `result.json` has it. Exact; in any order of the ballots the same. */
export function tallyOf({ kind, ballot }: Manifest, ballots: Iterable<Ballot>): Tally {
  const ids = ballot.options.map(({ id }) => id);
  const counts = new Counts(ids.length);
  for (const one of ballots) counts.add(one);
  const answers = ids.map((option, place) => ({ option, yes: counts.yes[place]!, no: counts.no[place]! }));
  if (kind === 'criteria') return { kind, options: answers };
  if (kind === 'bonus') {
    const shares = [...counts.shares].toSorted(([one], [other]) => one - other);
    return {
      kind,
      options: answers,
      shares: shares.map(([percent, number]) => ({ percent, ballots: number })),
    };
  }
  const hasPoints = ballot.type === 'points';
  return {
    kind,
    options: ids.map((option, place) => ({
      option,
      votes: counts.votes[place]!,
      points: hasPoints ? counts.points[place]! : null,
    })),
  };
}

class Counts {
  readonly votes: number[];
  readonly points: number[];
  readonly yes: number[];
  readonly no: number[];
  readonly shares = new Map<number, number>();

  constructor(options: number) {
    [this.votes, this.points, this.yes, this.no] = [
      zeros(options),
      zeros(options),
      zeros(options),
      zeros(options),
    ];
  }

  add(ballot: Ballot): void {
    switch (ballot.type) {
      case 'approval':
      case 'knapsack':
        for (const place of ballot.places) this.votes[place]! += 1;
        return;
      case 'points':
        for (const { place, points } of ballot.points) {
          this.votes[place]! += 1;
          this.points[place]! += points;
        }
        return;
      case 'bonus':
        if (ballot.share !== null) this.shares.set(ballot.share, (this.shares.get(ballot.share) ?? 0) + 1);
        break;
      case 'yes-no':
    }
    for (const [place, answer] of ballot.answers.entries()) {
      if (answer === 'yes') this.yes[place]! += 1;
      if (answer === 'no') this.no[place]! += 1;
    }
  }
}

const zeros = (length: number): number[] => Array.from({ length }, () => 0);
