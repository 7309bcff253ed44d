import { AllocationError } from './allocation.errors.ts';
import type { Election } from './allocation.input.ts';
import type { AllocationRule } from './allocation.rule.ts';

/** Some minutes for the smallest elections: whoever needs more has chosen an increment that is too small. */
export const mostIncrements = 10_000_000;

/**
 * How many increments `add1` takes at most, whatever the ballots say: as soon as everybody has the budget and the highest cost
 * together, any one supporter can pay for a project that is left, so that all are bought or the outcome costs more than the
 * budget.
 */
export function incrementsAtMost(
  {
    budget,
    projects,
  }: Pick<Election, 'budget'> & { readonly projects: readonly { readonly cost: number }[] },
  rule: AllocationRule,
): number {
  if (rule.rule !== 'equal-shares' || (rule.completion !== 'add1' && rule.completion !== 'add1u')) return 0;
  const highest = projects.reduce((most, { cost }) => Math.max(most, cost), 0);
  return Math.ceil((budget + highest) / rule.increment);
}

/**
 * Refuses, before anybody votes, an election that its rule might not decide.
 * @throws AllocationError `too-many-increments`
 */
export function requireDecidable(
  election: Parameters<typeof incrementsAtMost>[0],
  rule: AllocationRule,
): void {
  const increments = incrementsAtMost(election, rule);
  if (increments > mostIncrements)
    throw new AllocationError('too-many-increments', `it could take ${increments} increments`);
}
