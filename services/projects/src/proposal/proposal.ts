import type { Money } from '@talkoot/api-contracts';
import type { Charter, CriterionInput, ProposalContent } from '@talkoot/api-contracts/projects';
import { DomainError } from '@talkoot/http-service';
import type { Offence } from '@talkoot/http-service';
import { compareFractions, parseFraction } from '../number/fraction.ts';

/**
 * Refuses a proposal that the charter or arithmetic does not allow.
 * @throws DomainError `over-project-cap`, `currency-differs`, `goal-equals-baseline`, `direction-differs`,
 * `failure-bound-misplaced`, `periods-missing`
 */
export function requireSoundProposal(content: ProposalContent, charter: Pick<Charter, 'projectCap'>): void {
  requireWithinCap(content.cost, charter);
  for (const code of flaws) {
    const offences = content.criteria.flatMap((criterion, index): Offence[] =>
      flawOf(criterion) === code ? [{ at: `body.criteria.${index}`, message: code }] : [],
    );
    if (offences.length > 0) throw new DomainError(code, undefined, offences);
  }
}

/** @throws DomainError `over-project-cap`, `currency-differs` */
export function requireWithinCap(cost: Money, { projectCap }: Pick<Charter, 'projectCap'>): void {
  if (cost.currency !== projectCap.currency) throw new DomainError('currency-differs');
  if (cost.amount <= 0 || cost.amount > projectCap.amount) {
    throw new DomainError('over-project-cap', `a project costs more than 0 and at most ${projectCap.amount}`);
  }
}

const flaws = [
  'goal-equals-baseline',
  'direction-differs',
  'failure-bound-misplaced',
  'periods-missing',
] as const;
export type CriterionFlaw = (typeof flaws)[number];

/** What is wrong with a criterion; a baseline that is still to be measured is checked when it is there. */
export function flawOf(criterion: CriterionInput): CriterionFlaw | null {
  if (needsPeriods(criterion) && criterion.periods === undefined) return 'periods-missing';
  const goal = parseFraction(criterion.goal);
  const rises = criterion.direction === 'increase' ? 1 : -1;
  const bound = criterion.failureBound === undefined ? null : parseFraction(criterion.failureBound);
  if (!criterion.baseline) {
    return bound && compareFractions(goal, bound) !== rises ? 'failure-bound-misplaced' : null;
  }
  const baseline = parseFraction(criterion.baseline.value);
  const sign = compareFractions(goal, baseline);
  if (sign === 0) return 'goal-equals-baseline';
  if (sign !== rises) return 'direction-differs';
  return bound && compareFractions(baseline, bound) !== rises ? 'failure-bound-misplaced' : null;
}

/** Whether the comparator looks at units over time. */
export function needsPeriods({ comparator }: Pick<CriterionInput, 'comparator'>): boolean {
  return comparator === 'synthetic-control' || comparator === 'interrupted-time-series';
}
