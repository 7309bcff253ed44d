import { allocate as decide } from '@talkoot/allocation';
import type { PollResult } from '@talkoot/api-contracts/ballots';
import type { Poll } from '../poll/poll.ts';
import { explain } from './explanation.ts';

/** What the counted ballots of a prioritisation fund, by the rule of the charter; equal votes and costs: ids in order. */
export function allocate(
  { options, budget }: Pick<Poll, 'options' | 'budget'>,
  ballots: readonly (readonly string[])[],
): NonNullable<PollResult['allocation']> {
  if (!budget) throw new Error('A prioritisation has a budget');
  const { currency } = budget;
  const outcome = decide({
    budget: budget.amount,
    projects: options.map(({ optionId, cost }) => ({ id: optionId, cost: cost!.amount })),
    ballotType: 'approval',
    ballots: ballots.map((choices) => ({ choices })),
    rule: { rule: 'greedy' },
  });
  return {
    rule: 'greedy',
    cost: { amount: outcome.cost, currency },
    selected: [...outcome.selected],
    explanations: outcome.explanations.map((one) => ({
      projectId: one.projectId,
      votes: one.votes,
      cost: { amount: one.cost, currency },
      funded: one.funded,
      reasonCode: one.reason,
      explanation: explain(one, currency),
    })),
  };
}
