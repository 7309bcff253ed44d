import type { CriteriaLock } from '@talkoot/api-contracts/projects';
import {
  againstGoal,
  beforeAfter,
  differenceInDifferences,
  ImpactError,
  signEstimate,
} from '@talkoot/impact';
import type { Estimate, SignedEstimate } from '@talkoot/impact';
import { fraction, parseFraction, plus } from '../number/fraction.ts';
import type { Fraction } from '../number/fraction.ts';

/** An observation as an estimate needs it: standing, in the criterion's unit. */
export interface Standing {
  readonly criterionId: string;
  readonly collection: string;
  readonly value: string;
  readonly group: 'treated' | 'comparison';
  readonly unitName: string | null;
}

type Locked = CriteriaLock['criteria'][number];

export interface Measured {
  /** The stated baseline, else the mean of what was measured before the work; null without either. */
  readonly baseline: string | null;
  /** Null where data are missing. */
  readonly estimate: SignedEstimate | null;
  readonly observations: number;
}

/** What the observations say about one criterion. */
export function measure(criterion: Locked, observations: readonly Standing[]): Measured {
  const own = observations.filter(({ criterionId }) => criterionId === criterion.criterionId);
  const before = own.filter(({ collection }) => collection === 'baseline');
  const after = own.filter(({ collection }) => collection !== 'baseline');
  const baseline = criterion.baseline?.value ?? meanOf(treated(before).map(({ value }) => value));
  const estimate = baseline === null ? null : estimateOf(criterion, baseline, before, after);
  return { baseline, estimate: estimate && signable(estimate, criterion.unit), observations: after.length };
}

/** Numbers that are too large to sign exactly count as missing. */
function signable(estimate: Estimate, unit: string): SignedEstimate | null {
  try {
    return signEstimate(estimate, unit);
  } catch (error) {
    if (error instanceof ImpactError && error.code === 'number-malformed') return null;
    throw error;
  }
}

function estimateOf(
  criterion: Locked,
  baseline: string,
  before: readonly Standing[],
  after: readonly Standing[],
): Estimate | null {
  const observed = numbers(treated(after));
  if (observed.length === 0) return null;
  if (criterion.comparator === 'goal') {
    const goal = Number(criterion.goal);
    // A measured baseline may turn out to equal the goal: then there is nothing to score.
    if (goal === Number(baseline)) return null;
    return againstGoal({ baseline: Number(baseline), goal, observations: observed });
  }
  if (criterion.comparator === 'before-after') {
    const known = numbers(treated(before));
    return beforeAfter({ before: known.length > 0 ? known : [Number(baseline)], after: observed });
  }
  const changes = changesOf(treated(before), treated(after), Number(baseline));
  const others = changesOf(comparison(before), comparison(after), null);
  return changes.length > 0 && others.length > 0
    ? differenceInDifferences({ treated: changes, comparison: others, observed })
    : null;
}

/** How much the mean of each unit changed; a unit without readings before counts from the stated baseline, if any. */
function changesOf(before: readonly Standing[], after: readonly Standing[], stated: number | null): number[] {
  const units = [...new Set(after.map(({ unitName }) => unitName ?? ''))].sort();
  return units.flatMap((unit) => {
    const of = (many: readonly Standing[]) =>
      numbers(many.filter(({ unitName }) => (unitName ?? '') === unit));
    const start = of(before).length > 0 ? mean(of(before)) : stated;
    return start === null ? [] : [mean(of(after)) - start];
  });
}

const treated = (many: readonly Standing[]) => many.filter(({ group }) => group === 'treated');
const comparison = (many: readonly Standing[]) => many.filter(({ group }) => group === 'comparison');
/** Sorted, so that sums of floating-point numbers do not depend on who measured first. */
const numbers = (many: readonly Standing[]) => many.map(({ value }) => Number(value)).sort((a, b) => a - b);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const PLACES = 6;
const SCALE = 10n ** BigInt(PLACES);

/** The mean as a decimal with six places, half to even, as estimates are signed; null of nothing. */
export function meanOf(values: readonly string[]): string | null {
  if (values.length === 0) return null;
  const sum = values.map(parseFraction).reduce(plus, fraction(0n, 1n));
  return decimalOf(fraction(sum.n, sum.d * BigInt(values.length)));
}

function decimalOf({ n, d }: Fraction): string {
  const size = (n < 0n ? -n : n) * SCALE;
  const [floor, twice] = [size / d, (size % d) * 2n];
  const rounded = floor + (twice > d || (twice === d && floor % 2n === 1n) ? 1n : 0n);
  const digits = String(rounded).padStart(PLACES + 1, '0');
  const text = `${digits.slice(0, -PLACES)}.${digits.slice(-PLACES)}`.replace(/\.?0+$/, '');
  return n < 0n && rounded !== 0n ? `-${text}` : text;
}
