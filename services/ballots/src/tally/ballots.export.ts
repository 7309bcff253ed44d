import { exportPabulib } from '@talkoot/allocation';
import type { PollResult } from '@talkoot/api-contracts/ballots';
import { DomainError } from '@talkoot/http-service';
import { decimalsOf } from '../allocation/explanation.ts';
import type { Vote } from '../casting/ballot.ts';
import type { Poll } from '../poll/poll.ts';

export interface CountedBallot {
  readonly receipt: string;
  readonly vote: Vote;
}

/**
 * A published prioritisation as a Pabulib file.
 * @throws DomainError `no-pabulib-form`
 */
export function pabulibOf(poll: Poll, result: PollResult, ballots: readonly CountedBallot[]): string {
  const { budget, ballot } = poll;
  if (poll.kind !== 'prioritisation' || !budget) throw new DomainError('no-pabulib-form');
  const selected = new Set(result.allocation?.selected);
  return exportPabulib({
    meta: {
      description: poll.pollId,
      unit: poll.municipalityId,
      currency: budget.currency,
      rule: poll.rule,
      min_length: String(ballot.minChoices),
      max_length: String(ballot.maxChoices),
    },
    budget: budget.amount,
    decimals: decimalsOf(budget.currency),
    projects: poll.options.map(({ optionId, cost }) => ({
      id: optionId,
      name: optionId,
      cost: cost!.amount,
      selected: selected.has(optionId),
    })),
    ballots: ballots.map(({ receipt, vote }) => ({
      ballotId: receipt,
      choices: 'choices' in vote ? vote.choices : [],
    })),
  });
}

/** Counted ballots as CSV. Ids and receipts need no quoting. */
export function csvOf(ballots: readonly CountedBallot[]): string {
  const lines = ballots.map(({ receipt, vote }) =>
    'choices' in vote
      ? `${receipt},${vote.choices.join(' ')},,`
      : `${receipt},${vote.yes.join(' ')},${vote.no.join(' ')},${vote.share ?? ''}`,
  );
  return ['receipt,yes,no,share', ...lines].map((line) => `${line}\n`).join('');
}
