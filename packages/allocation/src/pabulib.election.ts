import { AllocationError } from './allocation.errors.ts';
import type { Election } from './allocation.input.ts';
import type { PabulibFile, PabulibVoteType } from './pabulib.parse.ts';

const ballotTypes: Readonly<Record<PabulibVoteType, Election['ballotType'] | undefined>> = {
  approval: 'approval',
  'choose-1': 'approval',
  cumulative: 'points',
  scoring: 'points',
  ordinal: undefined,
};

/**
 * A Pabulib election as rules read it.
 * @throws AllocationError `unsupported-vote-type` where voters rank projects
 */
export function electionOf({ meta, projects, votes }: PabulibFile): Election {
  const ballotType = ballotTypes[meta.voteType];
  if (!ballotType) throw new AllocationError('unsupported-vote-type', `no rule reads ${meta.voteType} votes`);
  return { budget: meta.budget, projects, ballotType, ballots: votes };
}
