import { z } from 'zod';
import { methods } from '../estimators/method.ts';

const Interval = z.object({ low: z.number(), high: z.number() });
const Coefficient = z.object({
  estimate: z.number(),
  standardError: z.number(),
  interval80: Interval,
  interval95: Interval,
});

const CriterionEstimateShape = z.object({
  criterionId: z.string(),
  metric: z.string().optional(),
  unit: z.string(),
  comparator: z.string(),
  method: z.enum(methods),
  estimate: z.number().describe('The effect, in the unit of the criterion'),
  standardError: z.number().nullable(),
  reason: z.string().nullable().describe('Why there is no standard error; null if there is one'),
  degreesOfFreedom: z.number().nullable(),
  interval: Interval.nullable().describe('95%, by Student’s t'),
  interval80: Interval.nullable().describe('80%, by Student’s t'),
  observed: z.number().nullable().describe('The mean level after, where it is known'),
  observedInterval80: Interval.nullable(),
  n: z.int().min(1).describe('Values, units that are compared, or periods of a series'),
  p: z.number().nullable().describe('Rank among placebos, as a share; null where there are none'),
  assumptions: z
    .array(z.string())
    .describe('What must be true for the estimate to be the effect, in plain words'),
  computation: z.array(z.string()).describe('Every step, with numbers rounded to six decimals'),
  weights: z
    .array(z.object({ unit: z.string(), weight: z.number() }))
    .optional()
    .describe('Synthetic control: of every comparison unit, together 1'),
  rmspe: z
    .object({ before: z.number(), after: z.number() })
    .optional()
    .describe('Synthetic control: root mean squared gaps'),
  placebos: z
    .array(z.object({ unit: z.string(), estimate: z.number(), ratio: z.number().nullable() }))
    .optional()
    .describe('Synthetic control: each comparison unit as if it had been treated; post ÷ pre RMSPE'),
  coefficients: z
    .object({ intercept: Coefficient, trend: Coefficient, level: Coefficient, trendChange: Coefficient })
    .optional()
    .describe('Interrupted time series, on the log scale'),
  scale: z.number().optional().describe('Interrupted time series: Pearson scale, at least 1'),
  autocorrelation: z.number().optional().describe('Interrupted time series: of neighbouring residuals'),
});
export type CriterionEstimate = z.infer<typeof CriterionEstimateShape>;

/** What `talkoot impact estimate --json` prints. */
export const EstimatesShape = z.object({
  title: z.string().optional(),
  estimates: z.array(CriterionEstimateShape),
});
export type Estimates = z.infer<typeof EstimatesShape>;
