import { isDeepStrictEqual } from 'node:util';
import type { BonusInputs } from './bonus.store.ts';

/**
 * Whether a bonus is decided again after an upheld appeal: on another assessment, which the appeal had corrected, and on the
 * same vote, which only an appeal against the poll could take away.
 */
export function isReconsidered(before: BonusInputs, now: BonusInputs): boolean {
  const { assessment } = now;
  if (assessment.appeal === null || assessment.assessmentId === before.assessment.assessmentId) return false;
  return isDeepStrictEqual(voteIn(before), voteIn(now));
}

const voteIn = ({ pollId, counted, roll, ballots, shares }: BonusInputs) => ({
  pollId,
  counted,
  roll,
  ballots,
  shares,
});
