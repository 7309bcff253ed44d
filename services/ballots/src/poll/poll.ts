import type { ballotsInternalRoutes, PollKind } from '@talkoot/api-contracts/ballots';
import type { IssuerRoll } from '@talkoot/api-contracts/identity';
import type { Money } from '@talkoot/api-contracts';
import { DomainError, sha256Of } from '@talkoot/http-service';
import type { Phase } from '@talkoot/workflow-contracts';
import type { z } from 'zod';

export type PollPhase = Phase<'poll'>;

/** A poll as it was asked for: it never changes. */
export type PollPlan = z.output<(typeof ballotsInternalRoutes)['preparePoll']['body']>;

export interface Poll extends PollPlan {
  readonly pollId: string;
  /** Hash of the plan, by which another poll under the same id is told apart. */
  readonly planSha256: string;
  readonly phase: PollPhase;
  /** How many are on the municipality's roll. */
  readonly roll: number | null;
  /** What both issuers published of their rolls and keys; empty until the rolls are frozen. */
  readonly issuers: readonly IssuerRoll[];
  /** Canonical JSON; null until the rolls are frozen. */
  readonly manifest: string | null;
}
/** A poll before anything has happened to it. */
export type NewPoll = Omit<Poll, 'phase' | 'roll' | 'issuers' | 'manifest'>;

/** What casting and counting need of a poll; it never changes, so it may be kept in memory. */
export interface PollRules {
  readonly pollId: string;
  readonly kind: PollKind;
  readonly type: PollPlan['ballot']['type'];
  readonly minChoices: number;
  readonly maxChoices: number;
  readonly budget: Money | null;
  /** Every option with its cost; zero where options cost nothing. */
  readonly costs: Readonly<Record<string, number>>;
}

/**
 * A poll that can be held.
 * @throws DomainError `poll-invalid`
 */
export function pollFrom(pollId: string, plan: PollPlan): NewPoll {
  const fault = faultOf(plan);
  if (fault) throw new DomainError('poll-invalid', fault);
  return { ...plan, pollId, planSha256: sha256Of(plan) };
}

const typesOf: Record<PollKind, readonly PollPlan['ballot']['type'][]> = {
  prioritisation: ['approval', 'knapsack'],
  criteria: ['yes-no'],
  bonus: ['bonus'],
};

function faultOf({ kind, ballot, options, budget }: PollPlan): string | null {
  if (!typesOf[kind].includes(ballot.type)) return `A ${kind} poll has no ${ballot.type} ballots`;
  if (new Set(options.map((one) => one.optionId)).size !== options.length) return 'An option is listed twice';
  if (kind !== 'prioritisation')
    return kind === 'criteria' && options.length === 0 ? 'There is no option' : null;
  if (options.length === 0) return 'There is no option';
  if (ballot.minChoices < 0 || ballot.maxChoices < Math.max(1, ballot.minChoices))
    return 'No ballot could be valid';
  if (budget === null || budget.amount < 0) return 'A prioritisation needs a budget';
  const priced = options.every(
    ({ cost }) => cost !== null && cost.amount > 0 && cost.currency === budget.currency,
  );
  return priced ? null : 'Every option needs a cost above zero in the currency of the budget';
}

/** Fewer options than the charter's minimum are all that a voter can choose. */
export function rulesOf({ pollId, kind, ballot, budget, options }: NewPoll): PollRules {
  return {
    pollId,
    kind,
    type: ballot.type,
    minChoices: Math.min(ballot.minChoices, options.length),
    maxChoices: ballot.maxChoices,
    budget,
    costs: Object.fromEntries(options.map(({ optionId, cost }) => [optionId, cost?.amount ?? 0])),
  };
}

/** Phases in which the tally exists, and in which everybody may see it. */
export const isTallied = (phase: PollPhase) => phase === 'tallied' || phase === 'published';
export const isPublished = (phase: PollPhase) => phase === 'published';
export const isClosed = (phase: PollPhase) => phase === 'closed' || isTallied(phase);
