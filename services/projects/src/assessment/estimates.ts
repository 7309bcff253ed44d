import type { CriteriaLock } from '@talkoot/api-contracts/projects';
import {
  againstGoal,
  beforeAfter,
  differenceInDifferences,
  ImpactError,
  interruptedTimeSeries,
  signEstimate,
  syntheticControl,
} from '@talkoot/impact';
import type { Estimate, PeriodCount, SignedEstimate, UnitSeries } from '@talkoot/impact';
import { periodNumber } from '@talkoot/impact/shapes';
import { fraction, parseFraction, plus } from '../number/fraction.ts';
import type { Fraction } from '../number/fraction.ts';

/** An observation as an estimate needs it: standing, in the criterion's unit. */
export interface Standing {
  readonly criterionId: string;
  readonly collection: string;
  readonly value: string;
  readonly group: 'treated' | 'comparison';
  readonly unitName: string | null;
  readonly period: string | null;
}

type Locked = CriteriaLock['criteria'][number];

export interface Measured {
  /** The stated baseline, else the mean of what was measured before the work; null without either. */
  readonly baseline: string | null;
  /** Null where data are missing. */
  readonly estimate: SignedEstimate | null;
  /** Why there is no standard error, or no estimate. */
  readonly note: string | null;
  readonly observations: number;
  /** How many there are of each collection, the baseline among them. */
  readonly collections: readonly { readonly collection: string; readonly observations: number }[];
}

/** What the observations say about each criterion, in the order of the criteria. */
export function measureAll(criteria: readonly Locked[], observations: readonly Standing[]): Measured[] {
  return criteria.map((criterion) => measure(criterion, observations));
}

/** What the observations say about one criterion. What they cannot say is missing, with the reason; nothing is filled in. */
function measure(criterion: Locked, observations: readonly Standing[]): Measured {
  const own = observations.filter(({ criterionId }) => criterionId === criterion.criterionId);
  const before = own.filter(({ collection }) => collection === 'baseline');
  const after = own.filter(({ collection }) => collection !== 'baseline');
  const baseline = criterion.baseline?.value ?? meanOf(treated(before).map(({ value }) => value));
  const measured = { baseline, observations: after.length, collections: countsByCollection(own) };
  if (baseline === null) return { ...measured, estimate: null, note: 'no baseline was measured' };
  if (treated(after).length === 0)
    return { ...measured, estimate: null, note: 'no observations to estimate from' };
  try {
    const estimate = signEstimate(estimateOf(criterion, baseline, before, after), criterion.unit);
    return { ...measured, estimate, note: estimate.reason };
  } catch (error) {
    if (error instanceof ImpactError && missing.has(error.code))
      return { ...measured, estimate: null, note: error.message };
    throw error;
  }
}

function countsByCollection(many: readonly Standing[]): Measured['collections'] {
  const names = [...new Set(many.map(({ collection }) => collection))].sort();
  return names.map((name) => ({
    collection: name,
    observations: many.filter(({ collection }) => collection === name).length,
  }));
}

/** Refusals of an estimator that the data call for; any other is an error of ours. */
const missing: ReadonlySet<ImpactError['code']> = new Set([
  'no-observations',
  'too-few-observations',
  'too-many-observations',
  'panel-unbalanced',
  'count-negative',
  'design-singular',
  'not-converged',
  'goal-equals-baseline',
  'number-malformed',
]);

function estimateOf(
  criterion: Locked,
  baseline: string,
  before: readonly Standing[],
  after: readonly Standing[],
): Estimate {
  const observed = numbers(treated(after));
  switch (criterion.comparator) {
    case 'goal':
      return againstGoal({
        baseline: Number(baseline),
        goal: Number(criterion.goal),
        observations: observed,
      });
    case 'before-after':
      return criterion.baseline
        ? fromStated(criterion, baseline, before, observed)
        : beforeAfter({ before: numbers(treated(before)), after: observed });
    case 'comparison-units':
      return againstUnits(criterion, baseline, before, after);
    case 'interrupted-time-series':
      return interruptedTimeSeries({
        before: countsOf(criterion, before),
        after: countsOf(criterion, after),
      });
    case 'synthetic-control':
      return againstSynthetic(criterion, before, after);
  }
}

/** A baseline that was registered beforehand is known: readings taken later move neither the effect nor Δ. */
function fromStated(
  { goal }: Locked,
  baseline: string,
  before: readonly Standing[],
  observations: readonly number[],
): Estimate {
  const found = againstGoal({ baseline: Number(baseline), goal: Number(goal), observations });
  const read = meanOf(treated(before).map(({ value }) => value));
  const told =
    read === null
      ? []
      : [`The registered baseline ${baseline} counts; readings before the work had a mean of ${read}.`];
  return assuming({ ...found, method: 'before-after' }, told);
}

/** Units without a reading before or after the work are left out, and named. */
function againstUnits(
  criterion: Locked,
  baseline: string,
  before: readonly Standing[],
  after: readonly Standing[],
): Estimate {
  const stated = criterion.baseline ? Number(baseline) : null;
  const own = changesOf(treated(before), treated(after), stated);
  const others = changesOf(comparison(before), comparison(after), null);
  const left = leftOut([...own.left, ...others.left]);
  if (own.changes.length === 0 || others.changes.length === 0) {
    const note = 'Before and after can be compared of no unit of the project, or of no other one.';
    throw new ImpactError('no-observations', [note, ...left].join(' '));
  }
  const observed = numbers(treated(after));
  const found = differenceInDifferences({ treated: own.changes, comparison: others.changes, observed });
  const read = treated(before).length > 0;
  const told =
    stated !== null && read
      ? ['Changes count from each unit’s readings before the work, Δ from the registered baseline.']
      : [];
  return assuming(found, [...told, ...left]);
}

const assuming = (found: Estimate, told: readonly string[]): Estimate => ({
  ...found,
  assumptions: [...found.assumptions, ...told],
});

function leftOut(units: readonly string[]): string[] {
  if (units.length === 0) return [];
  return [`Left out, as a reading is missing: ${units.join(', ')}.`.slice(0, MOST_ASSUMPTION)];
}

function countsOf(criterion: Locked, many: readonly Standing[]): PeriodCount[] {
  return inTime(criterion, treated(many)).map(({ number, value }) => ({ period: number, value }));
}

/** Comparison units without a reading of each period are left out, and named. */
function againstSynthetic(
  criterion: Locked,
  before: readonly Standing[],
  after: readonly Standing[],
): Estimate {
  const seriesOf = (unit: string, pick: (many: readonly Standing[]) => readonly Standing[]) => {
    const [early, late] = [inTime(criterion, pick(before)), inTime(criterion, pick(after))];
    const periods = [...early, ...late].map(({ number }) => number).join();
    return { unit, before: early.map(valueOf), after: late.map(valueOf), periods };
  };
  const own = seriesOf('', treated);
  const names = [...new Set(comparison([...before, ...after]).map(({ unitName }) => unitName ?? ''))].sort();
  const units = names.map((name) =>
    seriesOf(name, (many) => comparison(many).filter(({ unitName }) => unitName === name)),
  );
  const [whole, broken] = [true, false].map((isWhole) =>
    units.filter(({ periods }) => (periods === own.periods) === isWhole),
  );
  const found = syntheticControl({ treated: own, comparison: whole as UnitSeries[] });
  return assuming(found, leftOut(broken!.map(({ unit }) => unit)));
}

const MOST_ASSUMPTION = 500;

function inTime({ periods }: Locked, many: readonly Standing[]) {
  return many
    .map(({ period, value }) => ({ number: periodNumber(periods!, period ?? '')!, value: Number(value) }))
    .sort((a, b) => a.number - b.number);
}

const valueOf = ({ value }: { value: number }) => value;

/** How much the mean of each unit changed; a unit without readings before counts from the stated baseline, if any. */
function changesOf(before: readonly Standing[], after: readonly Standing[], stated: number | null) {
  const units = [...new Set([...before, ...after].map(({ unitName }) => unitName ?? ''))].sort();
  const changes: number[] = [];
  const left: string[] = [];
  for (const unit of units) {
    const of = (many: readonly Standing[]) =>
      numbers(many.filter(({ unitName }) => (unitName ?? '') === unit));
    const start = of(before).length > 0 ? mean(of(before)) : stated;
    if (start === null || of(after).length === 0) left.push(unit || UNNAMED);
    else changes.push(mean(of(after)) - start);
  }
  return { changes, left };
}

/** The treated unit, where it has no name. */
const UNNAMED = 'the unit of the project';

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
