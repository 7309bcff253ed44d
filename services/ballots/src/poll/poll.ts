import { allocate, AllocationError, requireDecidable } from '@talkoot/allocation';
import type { ballotsInternalRoutes, PollKind, PollWindows } from '@talkoot/api-contracts/ballots';
import type { IssuerRoll } from '@talkoot/api-contracts/identity';
import { KeyError, readCeremony } from '@talkoot/ballot-protocol';
import type { Ceremony } from '@talkoot/ballot-protocol';
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
  /** Canonical JSON; null until the key is made and the worker asks for it. */
  readonly manifest: string | null;
  /** Of the manifest; null before it, and where authorised acts end the phases. */
  readonly windows: PollWindows | null;
}
/** A poll before anything has happened to it. */
export type NewPoll = Omit<Poll, 'phase' | 'roll' | 'issuers' | 'manifest' | 'windows'>;

/**
 * A poll that can be held: a manifest can be written of it once there are rolls and a key.
 * @throws DomainError `poll-invalid`
 */
export function pollFrom(pollId: string, plan: PollPlan): NewPoll {
  const poll = { ...plan, pollId, planSha256: sha256Of(plan) };
  const fault = faultOf(plan) ?? trusteesFaultOf(poll);
  if (fault) throw new DomainError('poll-invalid', fault);
  return poll;
}

const typesOf: Record<PollKind, readonly PollPlan['ballot']['type'][]> = {
  prioritisation: ['approval', 'knapsack', 'points'],
  criteria: ['yes-no'],
  bonus: ['bonus'],
};

function faultOf(plan: PollPlan): string | null {
  const { kind, ballot, options } = plan;
  if (!typesOf[kind].includes(ballot.type)) return `A ${kind} poll has no ${ballot.type} ballots`;
  if (new Set(options.map((one) => one.optionId)).size !== options.length) return 'An option is listed twice';
  // A bonus without side effects to judge is a vote on the share alone.
  if (kind !== 'bonus' && options.length === 0) return 'There is no option';
  if (kind === 'prioritisation') return choicesFaultOf(plan) ?? moneyFaultOf(plan);
  return plan.allocation === null ? null : `A ${kind} poll allocates nothing`;
}

function choicesFaultOf({ ballot }: PollPlan): string | null {
  const { type, minChoices, maxChoices, points } = ballot;
  if (minChoices < 0 || maxChoices < Math.max(1, minChoices)) return 'No ballot could be valid';
  if ((type === 'points') !== (points !== undefined))
    return 'Points are given in points polls, and only there';
  if (points !== undefined && (points < minChoices || points > 0xffff_ffff)) {
    return 'There are too few points for the choices, or more than a ballot can hold';
  }
  return null;
}

function moneyFaultOf({ budget, allocation, options, ballot }: PollPlan): string | null {
  if (budget === null || budget.amount <= 0) return 'A prioritisation needs a budget above zero';
  if (allocation === null) return 'A prioritisation needs a rule of allocation';
  const priced = options.every(
    ({ cost }) => cost !== null && cost.amount > 0 && cost.currency === budget.currency,
  );
  if (!priced) return 'Every option needs a cost above zero in the currency of the budget';
  try {
    const projects = options.map(({ optionId, cost }) => ({ id: optionId, cost: cost!.amount }));
    const ballotType = ballot.type === 'points' ? 'points' : 'approval';
    allocate({ budget: budget.amount, projects, ballotType, ballots: [], rule: allocation });
    requireDecidable({ budget: budget.amount, projects }, allocation);
    return null;
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error;
    return `No money can be allocated so: ${error.code}`;
  }
}

function trusteesFaultOf(poll: NewPoll): string | null {
  try {
    readCeremony(ceremonyOf(poll));
    return null;
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    return 'These trustees cannot make a key together';
  }
}

/** Who makes the key of a poll, in the words of the protocol. */
export function ceremonyOf(poll: Pick<Poll, 'pollId' | 'municipalityId' | 'protocol'>): Ceremony {
  const { threshold, trustees } = poll.protocol;
  return {
    protocol: 'talkoot-key-v1',
    municipality: poll.municipalityId,
    poll: poll.pollId,
    threshold,
    trustees: trustees.map(({ name, organisation, signingKey, sealingKey }, place) => ({
      name,
      organisation,
      index: place + 1,
      signingKey,
      sealingKey,
    })),
  };
}

/** What a ballot may say: fewer options than the charter's choices are all that a voter can choose. */
export function ballotOf({
  kind,
  ballot,
  options,
}: Pick<Poll, 'kind' | 'ballot' | 'options'>): Poll['ballot'] {
  if (kind !== 'prioritisation') return ballot;
  const { minChoices, maxChoices } = ballot;
  return {
    ...ballot,
    minChoices: Math.min(minChoices, options.length),
    maxChoices: Math.min(maxChoices, options.length),
  };
}

const over: readonly PollPhase[] = ['decided', 'not-held', 'annulled'];

/** Nothing happens to it any more. */
export const isOver = (phase: PollPhase): boolean => over.includes(phase);
/** Everybody may see what came of it. */
export const isPublished = (phase: PollPhase): boolean => phase === 'published' || isOver(phase);
/** Ballots are accepted. */
export const isOpen = (phase: PollPhase): boolean => phase === 'open' || phase === 'closing';
/** No ballots any more. */
export const isClosed = (phase: PollPhase): boolean =>
  phase === 'closed' || phase === 'key-release' || phase === 'tallied' || phase === 'published';
