import type { AllocationRule } from './allocation.rule.ts';
import type { IndexedElection, IndexedProject } from './election.index.ts';

export type Exclusion =
  | { readonly reason: 'no-ballots' | 'no-votes' }
  | { readonly reason: 'too-few-votes' | 'below-threshold'; readonly votesShort: number };

/** Why a project cannot be funded, whatever else happens; `undefined` if it can. */
export function exclusionOf(
  { votes, cost }: IndexedProject,
  { ballots, budget }: IndexedElection,
  { minimumVotes = 0, costThreshold }: AllocationRule,
): Exclusion | undefined {
  if (ballots === 0) return { reason: 'no-ballots' };
  if (votes === 0) return { reason: 'no-votes' };
  if (votes < minimumVotes) return { reason: 'too-few-votes', votesShort: minimumVotes - votes };
  // Without a budget nothing fits; no number of votes would be enough.
  if (costThreshold === undefined || budget === 0) return undefined;
  const share = BigInt(costThreshold) * BigInt(budget);
  const needed = (BigInt(ballots) * BigInt(cost) + share - 1n) / share;
  return BigInt(votes) < needed
    ? { reason: 'below-threshold', votesShort: Number(needed) - votes }
    : undefined;
}
