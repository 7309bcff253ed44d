import type { Allocation } from '@talkoot/allocation';
import type { PollResult } from '@talkoot/api-contracts/ballots';
import type { Poll } from '../poll/poll.ts';
import { explain } from './explanation.ts';

/** What a prioritisation funds, with a reason in plain words for every project. */
export function allocationShown(
  { budget, allocation }: Pick<Poll, 'budget' | 'allocation'>,
  outcome: Allocation,
): NonNullable<PollResult['allocation']> {
  const { currency } = budget!;
  return {
    rule: allocation!.rule,
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
