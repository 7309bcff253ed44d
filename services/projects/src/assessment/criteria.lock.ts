import type { Charter, CriteriaLock, Criterion } from '@talkoot/api-contracts/projects';
import { sha256Of } from '@talkoot/http-service';
import { ceilingOf, formatFraction, fraction, parseFraction } from '../number/fraction.ts';

export interface CriteriaVote {
  readonly pollId: string;
  /** Whether the poll came to a result at all. */
  readonly counted: boolean;
  readonly ballots: number;
  readonly roll: number;
  readonly options: readonly { optionId: string; yes: number; no: number }[];
}

type LockRules = Pick<Charter, 'criteria' | 'impact' | 'bonus'>;
interface Charted {
  readonly charter: LockRules;
  readonly charterSha256: string;
}

/**
 * The criteria with the weights that citizens gave: accepted with more approvals than rejections, weight = approvals ÷
 * all approvals of accepted ones. Without a result or below the quorum the charter says whether all count alike or none does.
 */
export function lockCriteria(
  criteria: readonly Criterion[],
  vote: CriteriaVote,
  { charter: rules, charterSha256 }: Charted,
  at: string,
): CriteriaLock {
  const needed = ceilingOf(parseFraction(rules.criteria.quorum), vote.roll);
  const quorumReached = vote.counted && vote.ballots >= needed;
  const counted = criteria.map((criterion) => {
    const tally = vote.options.find(({ optionId }) => optionId === criterion.criterionId);
    const votes = { yes: tally?.yes ?? 0, no: tally?.no ?? 0 };
    return { criterion, votes, counts: countsFor(votes, quorumReached, rules) };
  });
  const approvals = counted
    .filter(({ counts }) => isAccepted(counts))
    .reduce((sum, one) => sum + one.counts.yes, 0);
  const locked = {
    pollId: vote.pollId,
    at,
    quorumReached,
    rules: rules.impact,
    bonus: rules.bonus,
    charterSha256,
    criteria: counted.map(({ criterion, votes, counts }) => ({
      ...criterion,
      ...votes,
      accepted: isAccepted(counts),
      weight: isAccepted(counts) ? formatFraction(fraction(BigInt(counts.yes), BigInt(approvals))) : '0',
    })),
  };
  return { ...locked, sha256: sha256Of(locked) };
}

type Votes = { readonly yes: number; readonly no: number };
const isAccepted = ({ yes, no }: Votes) => yes > no;

/** The votes by which a criterion is weighed: its own, or what stands for them without a quorum. */
function countsFor(votes: Votes, quorumReached: boolean, { criteria }: Pick<LockRules, 'criteria'>): Votes {
  if (quorumReached) return votes;
  return criteria.withoutQuorum === 'all-equal' ? { yes: 1, no: 0 } : { yes: 0, no: 0 };
}

/** The votes that give a locked criterion the weight it was locked with. */
export function votesOf(lock: CriteriaLock, criterion: CriteriaLock['criteria'][number]): Votes {
  if (lock.quorumReached) return { yes: criterion.yes, no: criterion.no };
  return criterion.accepted ? { yes: 1, no: 0 } : { yes: 0, no: 0 };
}
