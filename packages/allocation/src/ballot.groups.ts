import { AllocationError } from './allocation.errors.ts';
import type { CountedBallot, Election } from './allocation.input.ts';

/** Ballots that say the same thing together; the choices of group g are the entries from `start[g]` to `start[g + 1]`. */
export interface BallotGroups {
  readonly size: Uint32Array;
  /** All points of one voter of the group. */
  readonly given: Float64Array;
  readonly start: Int32Array;
  readonly project: Int32Array;
  readonly points: Uint32Array;
}

const mostPoints = 2 ** 32 - 1;
/** Below the surrogates. */
const mostCharacters = 0xd800;

/** Blank ballots are in no group: they support nothing. @throws AllocationError */
export function groupBallots(
  { ballots, ballotType }: Election,
  placeOf: ReadonlyMap<string, number>,
): BallotGroups {
  const groupOf = new Map<string, number>();
  const size: number[] = [];
  const start = [0];
  const project: number[] = [];
  const points: number[] = [];
  const given: number[] = [];
  let all = 0;
  for (const ballot of ballots) {
    const stated = ballotType === 'points' ? pointsOf(ballot) : approvalsOf(ballot);
    const choices = choicesOf(ballot, stated, placeOf);
    if (choices.length === 0) continue;
    const sum = choices.reduce((before, choice) => before + choice.points, 0);
    all += sum;
    const key = keyOf(choices, ballotType === 'approval' && placeOf.size <= mostCharacters);
    const group = groupOf.get(key);
    if (group !== undefined) {
      size[group]! += 1;
      continue;
    }
    groupOf.set(key, size.length);
    size.push(1);
    given.push(sum);
    for (const choice of choices) {
      project.push(choice.place);
      points.push(choice.points);
    }
    start.push(project.length);
  }
  if (!Number.isSafeInteger(all)) throw new AllocationError('points-invalid', 'too many points to be exact');
  return {
    size: Uint32Array.from(size),
    given: Float64Array.from(given),
    start: Int32Array.from(start),
    project: Int32Array.from(project),
    points: Uint32Array.from(points),
  };
}

interface Choice {
  readonly place: number;
  readonly points: number;
}

function choicesOf(
  { choices }: CountedBallot,
  stated: readonly number[] | undefined,
  placeOf: ReadonlyMap<string, number>,
): Choice[] {
  const found = choices.map((id, index): Choice => {
    const place = placeOf.get(id);
    if (place === undefined)
      throw new AllocationError('unknown-project', `a ballot chooses ${id}, which is not an option`);
    return { place, points: stated?.[index] ?? 1 };
  });
  found.sort((a, b) => a.place - b.place);
  if (found.some(({ place }, index) => place === found[index - 1]?.place))
    throw new AllocationError('duplicate-choice', 'a ballot chooses a project twice');
  return stated ? found.filter(({ points }) => points > 0) : found;
}

function approvalsOf({ points }: CountedBallot): undefined {
  if (points !== undefined) throw new AllocationError('points-invalid', 'approvals have no points');
}

function pointsOf({ choices, points }: CountedBallot): readonly number[] {
  if (points?.length !== choices.length)
    throw new AllocationError('points-invalid', 'not one number of points for each choice');
  if (!points.every((some) => Number.isInteger(some) && some >= 0 && some <= mostPoints))
    throw new AllocationError('points-invalid', 'points are whole and not below zero');
  return points;
}

/** As characters, where there are enough of them: a quarter of what digits take matters for a million ballots. */
function keyOf(choices: readonly Choice[], asCharacters: boolean): string {
  return asCharacters
    ? String.fromCodePoint(...choices.map(({ place }) => place))
    : choices.map(({ place, points }) => `${place}:${points}`).join();
}
