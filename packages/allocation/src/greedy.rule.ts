import { AllocationError } from './allocation.errors.ts';
import type { AllocationInput } from './allocation.input.ts';
import { countVotes, lotOrder } from './approval.count.ts';
import type { PabulibFile } from './pabulib.parse.ts';

/**
 * - `funded`: it fitted when its turn came
 * - `does-not-fit`: it cost more than was left when its turn came
 * - `no-votes`: nobody approved it
 * - `no-ballots`: no ballot was counted, so nothing is funded
 */
export type Reason = 'funded' | 'does-not-fit' | 'no-votes' | 'no-ballots';

export interface Explanation {
  readonly projectId: string;
  readonly votes: number;
  readonly cost: number;
  readonly funded: boolean;
  readonly reason: Reason;
  /** What was left of the budget when this project's turn came. */
  readonly remainingBefore: number;
  /** How much more would have been needed at that moment; 0 if it fitted. */
  readonly shortfall: number;
}

export interface Allocation {
  /** In the order of picking. */
  readonly selected: readonly string[];
  readonly cost: number;
  /** One per project, in the order in which they were considered. */
  readonly explanations: readonly Explanation[];
}

/**
 * The greedy rule: most votes first, skipping what does not fit. Equal votes: lower cost first, then
 * the lot. Integers throughout: no sum exceeds the budget, which is a safe integer.
 * @throws AllocationError
 */
export function allocateGreedy(input: AllocationInput): Allocation {
  checkAmounts(input);
  const votes = countVotes(input);
  const lot = lotOrder(input);
  const order = input.projects.toSorted(
    (a, b) => votes.get(b.id)! - votes.get(a.id)! || a.cost - b.cost || lot.get(a.id)! - lot.get(b.id)!,
  );
  let remaining = input.budget;
  const explanations = order.map(({ id, cost }): Explanation => {
    const remainingBefore = remaining;
    const reason = reasonFor(votes.get(id)!, cost, remaining, input.ballots.length);
    if (reason === 'funded') remaining -= cost;
    const shortfall = Math.max(0, cost - remainingBefore);
    return {
      projectId: id,
      votes: votes.get(id)!,
      cost,
      funded: reason === 'funded',
      reason,
      remainingBefore,
      shortfall,
    };
  });
  const selected = explanations.filter((one) => one.funded).map((one) => one.projectId);
  return { selected, cost: input.budget - remaining, explanations };
}

/**
 * A Pabulib election as input of the greedy rule.
 * @throws AllocationError `unsupported-vote-type` unless voters approve projects
 */
export function greedyInput({ meta, projects, votes }: PabulibFile): AllocationInput {
  if (meta.voteType !== 'approval' && meta.voteType !== 'choose-1') {
    throw new AllocationError(
      'unsupported-vote-type',
      `the greedy rule does not read ${meta.voteType} votes yet`,
    );
  }
  return { budget: meta.budget, projects, ballots: votes.map((vote) => vote.choices) };
}

function reasonFor(votes: number, cost: number, remaining: number, ballots: number): Reason {
  if (ballots === 0) return 'no-ballots';
  if (votes === 0) return 'no-votes';
  return cost <= remaining ? 'funded' : 'does-not-fit';
}

function checkAmounts({ budget, projects }: AllocationInput): void {
  if (!Number.isSafeInteger(budget) || budget < 0)
    throw new AllocationError('budget-invalid', `budget ${budget}`);
  for (const { id, cost } of projects) {
    if (!Number.isSafeInteger(cost) || cost <= 0)
      throw new AllocationError('cost-not-positive', `cost ${cost} of ${id}`);
  }
}
