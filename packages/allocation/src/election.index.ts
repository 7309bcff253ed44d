import { AllocationError } from './allocation.errors.ts';
import type { AllocationInput, Election } from './allocation.input.ts';
import { groupBallots } from './ballot.groups.ts';
import type { BallotGroups } from './ballot.groups.ts';

export interface IndexedProject {
  readonly id: string;
  readonly cost: number;
  /** Ballots that give it anything. */
  readonly votes: number;
  /** What they give it; the votes themselves where voters approve. */
  readonly points: number;
  /** Its place among all projects where a rule sees no difference: lower cost, then more votes, then the lot. */
  readonly rank: number;
  /** Conflict groups that it is in, by their place in the rule. */
  readonly conflicts: readonly number[];
}

/** An election by numbers: a project is its place in `projects`, voters who vote alike are one group. */
export interface IndexedElection {
  readonly budget: number;
  readonly ballots: number;
  readonly projects: readonly IndexedProject[];
  readonly groups: BallotGroups;
  /** The projects of each conflict group: funding one removes the others. */
  readonly conflicts: readonly (readonly number[])[];
  /** The supporters of project p are the entries from `start[p]` to `start[p + 1]`. */
  readonly supporters: {
    readonly start: Int32Array;
    readonly group: Int32Array;
    readonly points: Uint32Array;
  };
}

/** @throws AllocationError for an election or a lot that is not what it should be */
export function indexElection(input: AllocationInput): IndexedElection {
  const placeOf = placesOf(input);
  const groups = groupBallots(input, placeOf);
  const supporters = supportersOf(groups, input.projects.length);
  const counted = input.projects.map(({ id, cost }, place) => ({
    id,
    cost,
    ...countOf(groups, supporters, place),
  }));
  const conflicts = conflictsOf(input, placeOf);
  const groupsOf = groupsOfEach(conflicts, input.projects.length);
  const lot = lotOrder(input);
  const order = counted.toSorted(
    (a, b) => a.cost - b.cost || b.votes - a.votes || lot.get(a.id)! - lot.get(b.id)!,
  );
  const rank = new Map(order.map(({ id }, index) => [id, index]));
  const projects = counted.map((one, place) => ({
    ...one,
    rank: rank.get(one.id)!,
    conflicts: groupsOf[place]!,
  }));
  return { budget: input.budget, ballots: input.ballots.length, projects, groups, conflicts, supporters };
}

function placesOf({ budget, projects }: Election): Map<string, number> {
  if (!Number.isSafeInteger(budget) || budget < 0)
    throw new AllocationError('budget-invalid', `budget ${budget}`);
  for (const { id, cost } of projects) {
    if (!Number.isSafeInteger(cost) || cost <= 0)
      throw new AllocationError('cost-not-positive', `cost ${cost} of ${id}`);
  }
  const placeOf = new Map(projects.map(({ id }, place) => [id, place]));
  if (placeOf.size !== projects.length)
    throw new AllocationError('duplicate-project', 'a project is listed twice');
  return placeOf;
}

function supportersOf({ start, project, points }: BallotGroups, projects: number) {
  const first = new Int32Array(projects + 1);
  for (const place of project) first[place + 1]! += 1;
  for (let place = 0; place < projects; place += 1) first[place + 1]! += first[place]!;
  const next = first.slice();
  const group = new Int32Array(project.length);
  const given = new Uint32Array(project.length);
  for (let one = 0; one + 1 < start.length; one += 1) {
    for (let at = start[one]!; at < start[one + 1]!; at += 1) {
      const place = project[at]!;
      const to = next[place]!;
      next[place] = to + 1;
      group[to] = one;
      given[to] = points[at]!;
    }
  }
  return { start: first, group, points: given };
}

function countOf({ size }: BallotGroups, supporters: IndexedElection['supporters'], place: number) {
  let votes = 0;
  let points = 0;
  for (let at = supporters.start[place]!; at < supporters.start[place + 1]!; at += 1) {
    const voters = size[supporters.group[at]!]!;
    votes += voters;
    points += voters * supporters.points[at]!;
  }
  return { votes, points };
}

function conflictsOf({ rule }: AllocationInput, placeOf: ReadonlyMap<string, number>): number[][] {
  return (rule.conflicts ?? []).map((ids) =>
    [...new Set(ids)].map((id) => {
      const place = placeOf.get(id);
      if (place === undefined)
        throw new AllocationError('unknown-project', 'a conflict group names what is not an option');
      return place;
    }),
  );
}

function groupsOfEach(conflicts: readonly (readonly number[])[], projects: number): number[][] {
  const groupsOf: number[][] = Array.from({ length: projects }, () => []);
  for (const [group, members] of conflicts.entries())
    for (const place of members) groupsOf[place]!.push(group);
  return groupsOf;
}

function lotOrder({ projects, lot }: AllocationInput): ReadonlyMap<string, number> {
  const order = lot ?? projects.map(({ id }) => id).toSorted();
  const place = new Map(order.map((id, index) => [id, index]));
  const complete =
    place.size === order.length &&
    order.length === projects.length &&
    projects.every(({ id }) => place.has(id));
  if (!complete) throw new AllocationError('lot-incomplete', 'the lot must order every project once');
  return place;
}
