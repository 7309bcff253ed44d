export type BallotType = 'approval' | 'knapsack';

export interface BallotLimits {
  readonly minChoices?: number;
  readonly maxChoices?: number;
  /** In the unit of the costs; binds knapsack ballots only. */
  readonly budget: number;
  /** Every option of the poll with its cost: safe integers above zero. */
  readonly costs: Readonly<Record<string, number>>;
}

export interface BallotProblem {
  readonly code:
    | 'unknown-project'
    | 'duplicate-choice'
    | 'too-few-choices'
    | 'too-many-choices'
    | 'over-budget';
  readonly projectId?: string;
}

/**
 * Everything that keeps a ballot from being valid; nothing if it is valid. A blank ballot always is:
 * the minimum binds those who choose.
 */
export function ballotProblems(
  type: BallotType,
  limits: BallotLimits,
  choices: readonly string[],
): BallotProblem[] {
  const { minChoices = 0, maxChoices = Number.POSITIVE_INFINITY, budget, costs } = limits;
  const distinct = [...new Set(choices)];
  const known = distinct.filter((id) => Object.hasOwn(costs, id));
  const problems: BallotProblem[] = distinct
    .filter((id) => !Object.hasOwn(costs, id))
    .map((projectId) => ({ code: 'unknown-project', projectId }));
  if (distinct.length !== choices.length) {
    const projectId = choices.find((id, index) => choices.indexOf(id) !== index)!;
    problems.push({ code: 'duplicate-choice', projectId });
  }
  if (choices.length > 0 && choices.length < minChoices) problems.push({ code: 'too-few-choices' });
  if (choices.length > maxChoices) problems.push({ code: 'too-many-choices' });
  const total = known.reduce((sum, id) => sum + BigInt(costs[id]!), 0n);
  if (type === 'knapsack' && total > BigInt(budget)) problems.push({ code: 'over-budget' });
  return problems;
}
