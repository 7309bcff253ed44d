import { AllocationError } from './allocation.errors.ts';
import type { AllocationInput } from './allocation.input.ts';

/** Approvals of each project, zero included. */
export function countVotes({ projects, ballots }: AllocationInput): ReadonlyMap<string, number> {
  const votes = new Map(projects.map(({ id }) => [id, 0]));
  if (votes.size !== projects.length)
    throw new AllocationError('duplicate-project', 'a project is listed twice');
  for (const choices of ballots) {
    if (new Set(choices).size !== choices.length) {
      throw new AllocationError('duplicate-choice', 'a ballot approves a project twice');
    }
    for (const id of choices) {
      const count = votes.get(id);
      if (count === undefined)
        throw new AllocationError('unknown-project', `a ballot approves ${id}, which is not an option`);
      votes.set(id, count + 1);
    }
  }
  return votes;
}

/** The place of each project in the lot. */
export function lotOrder({ projects, lot }: AllocationInput): ReadonlyMap<string, number> {
  const order = lot ?? projects.map(({ id }) => id).toSorted();
  const place = new Map(order.map((id, index) => [id, index]));
  const complete =
    place.size === order.length &&
    order.length === projects.length &&
    projects.every(({ id }) => place.has(id));
  if (!complete) throw new AllocationError('lot-incomplete', 'the lot must order every project once');
  return place;
}
