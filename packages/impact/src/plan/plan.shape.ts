import { z } from 'zod';
import { PeriodKindShape } from '../period.ts';

const Name = z.string().min(1).max(200);
const Decimal = z.string().regex(/^-?\d{1,15}(\.\d{1,12})?$/);
const column = (holds: string) => Name.describe(`Header of the column with ${holds}`);

const about = {
  criterionId: z.string().min(1).max(64).describe('Under this name the result is listed'),
  metric: Name.optional().describe('What is measured, in words'),
  unit: z.string().min(1).max(50).describe('Unit of the values, and of the estimate'),
  where: z
    .record(Name, z.string().max(200))
    .optional()
    .describe('Only rows that have these values in these columns belong to the criterion; without it, all'),
};
const measured = {
  value: column('the values: decimal point, no thousands separators'),
  unit: column('the unit of each value')
    .optional()
    .describe('If named, every row must have the unit of the criterion'),
};
const timed = { ...measured, period: column('the periods') };
const compared = { ...timed, unitName: column('the names of the units: schools, streets, states') };
const change = {
  periods: PeriodKindShape.describe('How periods are written: `7`, `1989`, `2026-11` or `2026-11-20`'),
  from: z.string().min(1).max(20).describe('The first period that counts as after, written as periods are'),
};
const others = z
  .array(Name)
  .min(1)
  .max(10_000)
  .optional()
  .describe('Names of the comparison units; without it, all units that are not treated');

const AgainstGoal = z
  .strictObject({
    ...about,
    comparator: z.literal('goal'),
    baseline: Decimal,
    goal: Decimal,
    columns: z.strictObject(measured),
  })
  .describe('Mean of the values minus a baseline that is known');
const BeforeAfter = z
  .strictObject({
    ...about,
    comparator: z.literal('before-after'),
    columns: z.strictObject(timed),
    ...change,
  })
  .describe('Mean after minus mean before');
const Readings = z
  .strictObject({
    ...about,
    comparator: z.literal('comparison-units'),
    data: z.literal('readings'),
    columns: z.strictObject(compared),
    ...change,
    treated: z.array(Name).min(1).max(10_000).describe('Names of the units that the project reached'),
    comparison: others,
  })
  .describe('Change of the treated units minus change of the comparison units, from readings of every unit');
const Summaries = z
  .strictObject({
    ...about,
    comparator: z.literal('comparison-units'),
    data: z.literal('summaries'),
    columns: z.strictObject({
      unitName: column('the name of each group'),
      mean: column('the mean change of each group'),
      variance: column('the variance of the changes, divisor n − 1'),
      n: column('how many units each group has'),
    }),
    treated: Name.describe('Name of the treated group; the other row is the comparison'),
  })
  .describe('The same from a published table: mean, variance and number of the changes of two groups');
const SyntheticControl = z
  .strictObject({
    ...about,
    comparator: z.literal('synthetic-control'),
    columns: z.strictObject(compared),
    ...change,
    treated: Name.describe('Name of the one unit that the project reached'),
    comparison: others,
  })
  .describe(
    'The treated unit minus the weighted comparison units that were nearest to it in every period before',
  );
const Series = z
  .strictObject({
    ...about,
    comparator: z.literal('interrupted-time-series'),
    columns: z.strictObject(timed),
    ...change,
  })
  .describe('Counts per period: step and change of trend by quasi-Poisson regression with log link');

const ComparisonUnits = z.discriminatedUnion('data', [Readings, Summaries]);
const PlannedCriterionShape = z.discriminatedUnion('comparator', [
  AgainstGoal,
  BeforeAfter,
  ComparisonUnits,
  SyntheticControl,
  Series,
]);
export type PlannedCriterion = z.infer<typeof PlannedCriterionShape>;

/** What `talkoot impact estimate` is told beside the data: criteria, comparators, and which column holds what. */
export const MeasurementPlanShape = z.strictObject({
  title: Name.optional().describe('Printed above the estimates'),
  delimiter: z.enum([',', ';', '\t']).default(',').describe('Between the cells of the CSV file'),
  criteria: z.array(PlannedCriterionShape).min(1).max(50),
});
export type MeasurementPlan = z.infer<typeof MeasurementPlanShape>;
