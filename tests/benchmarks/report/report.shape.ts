import { z } from 'zod';

const Amount = z.number().nonnegative();

/** One value for each round, summed up. */
export const SpreadShape = z.strictObject({ min: Amount, median: Amount, max: Amount });

export const FigureShape = z.strictObject({
  /** Stable name, for machines. */
  name: z.string(),
  /** What it says, for people. */
  title: z.string(),
  unit: z.string(),
  ours: SpreadShape,
  /** What is compared with. */
  against: z.string(),
  baseline: SpreadShape,
  /** Ours by the baseline of the same round. */
  ratio: SpreadShape,
});

/** What `npm run bench -- … --json` prints. */
export const ReportShape = z.strictObject({
  benchmark: z.enum(['lifecycle', 'events', 'allocation', 'verify', 'ballots', 'impact', 'ledger']),
  /** True when the sizes were tiny: the figures then say nothing. */
  quick: z.boolean(),
  machine: z.strictObject({
    processor: z.string(),
    cores: z.int().positive(),
    memoryGiB: Amount,
    node: z.string(),
    /** Load average of the last minute when the benchmark began. */
    loadBefore: Amount,
  }),
  sizes: z.record(z.string(), z.number()),
  seconds: Amount,
  figures: z.array(FigureShape).min(1),
});

export type Spread = z.infer<typeof SpreadShape>;
export type Figure = z.infer<typeof FigureShape>;
export type Report = z.infer<typeof ReportShape>;
