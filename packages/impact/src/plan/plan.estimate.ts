import type { z } from 'zod';
import { lineText } from '../computation.ts';
import { againstGoal, beforeAfter } from '../estimators/change.estimator.ts';
import { differenceInDifferences } from '../estimators/differences.estimator.ts';
import type { Estimate } from '../estimators/estimate.ts';
import { summarise } from '../estimators/sample.ts';
import type { Summary } from '../estimators/sample.ts';
import { interruptedTimeSeries } from '../estimators/series.estimator.ts';
import { syntheticControl } from '../estimators/synthetic.estimator.ts';
import { ImpactError } from '../impact.errors.ts';
import { repeats } from '../validity.ts';
import type { CriterionEstimate, Estimates } from './estimates.shape.ts';
import { readPanel } from './panel.csv.ts';
import type { Row } from './panel.csv.ts';
import { numberIn, readingsOf, rowsOf, sidesOf, unitsOf } from './panel.ts';
import type { PanelReading, PanelUnit } from './panel.ts';
import { MeasurementPlanShape } from './plan.shape.ts';
import type { MeasurementPlan, PlannedCriterion } from './plan.shape.ts';

/**
 * The estimate of every criterion of a plan from one CSV file.
 * @param plan of `MeasurementPlanShape`, unchecked
 * @throws ImpactError: the refusals of the plan, the data and the estimators; messages name the criterion and the line
 */
export function estimatePlan(plan: unknown, csv: Uint8Array): Estimates {
  const { title, delimiter, criteria } = checkedPlan(plan);
  const panel = readPanel(csv, delimiter);
  const estimates = criteria.map((criterion): CriterionEstimate => {
    try {
      return shown(criterion, estimateOf(criterion, rowsOf(panel, criterion)));
    } catch (error) {
      if (error instanceof ImpactError)
        throw new ImpactError(error.code, `${criterion.criterionId}: ${error.message}`);
      throw error;
    }
  });
  return { ...(title === undefined ? {} : { title }), estimates };
}

function checkedPlan(plan: unknown): MeasurementPlan {
  const parsed = MeasurementPlanShape.safeParse(plan);
  if (!parsed.success) throw new ImpactError('plan-malformed', inOneLine(parsed.error));
  if (repeats(parsed.data.criteria.map(({ criterionId }) => criterionId)))
    throw new ImpactError('duplicate-id', 'a criterion is there twice');
  return parsed.data;
}

const MOST_ISSUES = 5;

function inOneLine({ issues }: z.ZodError): string {
  const told = issues
    .slice(0, MOST_ISSUES)
    .map(({ path, message }) => `${path.join('.') || 'plan'}: ${message}`);
  return `${told.join('; ')}${issues.length > MOST_ISSUES ? '; and more' : ''}`;
}

type Of<C extends PlannedCriterion['comparator']> = Extract<PlannedCriterion, { comparator: C }>;

function estimateOf(criterion: PlannedCriterion, rows: readonly Row[]): Estimate {
  switch (criterion.comparator) {
    case 'goal': {
      const observations = rows.map((row) => numberIn(row, criterion.columns.value));
      return againstGoal({
        baseline: Number(criterion.baseline),
        goal: Number(criterion.goal),
        observations,
      });
    }
    case 'before-after': {
      const readings = readingsOf(rows, criterion, false);
      const side = (after: boolean) => valuesOf(readings.filter(({ isAfter }) => isAfter === after));
      return beforeAfter({ before: side(false), after: side(true) });
    }
    case 'comparison-units':
      return criterion.data === 'summaries' ? fromSummaries(criterion, rows) : fromUnits(criterion, rows);
    case 'synthetic-control':
      return againstSynthetic(criterion, rows);
    case 'interrupted-time-series': {
      const readings = readingsOf(rows, criterion, true);
      const side = (after: boolean) => readings.filter(({ isAfter }) => isAfter === after);
      return interruptedTimeSeries({ before: side(false), after: side(true) });
    }
  }
}

const valuesOf = (readings: readonly PanelReading[]) => readings.map(({ value }) => value);

function fromUnits(
  criterion: Extract<Of<'comparison-units'>, { data: 'readings' }>,
  rows: readonly Row[],
): Estimate {
  const units = unitsOf(readingsOf(rows, criterion, true));
  const { treated, comparison } = sidesOf(units, criterion.treated, criterion.comparison);
  return differenceInDifferences({
    treated: treated.map(changeOf),
    comparison: comparison.map(changeOf),
    observed: treated.map(({ after }) => summarise(valuesOf(after)).mean),
  });
}

function changeOf({ unit, before, after }: PanelUnit): number {
  if (before.length === 0 || after.length === 0)
    throw new ImpactError(
      'panel-unbalanced',
      `${unit} has no reading ${before.length === 0 ? 'before' : 'after'}`,
    );
  return summarise(valuesOf(after)).mean - summarise(valuesOf(before)).mean;
}

function fromSummaries(
  criterion: Extract<Of<'comparison-units'>, { data: 'summaries' }>,
  rows: readonly Row[],
): Estimate {
  const { columns } = criterion;
  const [treated, others] = [true, false].map((isTreated) =>
    rows.filter(({ cells }) => (cells[columns.unitName] === criterion.treated) === isTreated),
  );
  if (treated?.length === 0)
    throw new ImpactError('unit-unknown', `the data have no group ${JSON.stringify(criterion.treated)}`);
  if (treated?.length !== 1 || others?.length !== 1)
    throw new ImpactError(
      'duplicate-observation',
      'a table has one row for the treated group and one for the others',
    );
  const summaryOf = (row: Row): Summary => ({
    mean: numberIn(row, columns.mean),
    variance: numberIn(row, columns.variance),
    n: numberIn(row, columns.n),
  });
  return differenceInDifferences({ treated: summaryOf(treated[0]!), comparison: summaryOf(others[0]!) });
}

function againstSynthetic(criterion: Of<'synthetic-control'>, rows: readonly Row[]): Estimate {
  const units = unitsOf(readingsOf(rows, criterion, true));
  const { treated, comparison } = sidesOf(units, [criterion.treated], criterion.comparison);
  const [reached] = treated as [PanelUnit];
  for (const unit of comparison) requireSamePeriods(reached, unit);
  const seriesOf = ({ unit, before, after }: PanelUnit) => ({
    unit,
    before: valuesOf(before),
    after: valuesOf(after),
  });
  return syntheticControl({ treated: seriesOf(reached), comparison: comparison.map(seriesOf) });
}

function requireSamePeriods(a: PanelUnit, b: PanelUnit): void {
  const periods = ({ before, after }: PanelUnit) => [...before, ...after].map(({ period }) => period).join();
  if (periods(a) !== periods(b))
    throw new ImpactError('panel-unbalanced', `${b.unit} is not measured in the same periods as ${a.unit}`);
}

function shown(
  { criterionId, metric, unit, comparator }: PlannedCriterion,
  estimate: Estimate,
): CriterionEstimate {
  const { interval95, assumptions, computation, ...rest } = estimate;
  return {
    criterionId,
    ...(metric === undefined ? {} : { metric }),
    unit,
    comparator,
    ...rest,
    interval: interval95,
    assumptions: [...assumptions],
    computation: computation.map(lineText),
  };
}
