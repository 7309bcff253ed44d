import { z } from 'zod';
import type { Rejection } from '../ballot/ballot.ts';

const hexOf = (bytes: number) =>
  z
    .string()
    .length(2 * bytes)
    .regex(/^[0-9a-f]*$/);
const Count = z.int().min(0);
const OptionId = z.string().min(1).max(100);
const most = { options: 10_000, leaves: 10_000_000, desks: 10_000 };

/** `release.json`: what opens the ballots, or null where a minimum was not reached. */
export const ReleaseShape = z
  .strictObject({
    shares: z
      .array(z.strictObject({ index: z.int().min(1).max(255), share: hexOf(32), signature: hexOf(64) }))
      .min(1)
      .max(255),
  })
  .nullable();
export type Release = z.infer<typeof ReleaseShape>;

/** `desks.json`: how many certificates each desk helped to issue, and how many papers were entered there. */
export const DesksShape = z
  .array(z.strictObject({ desk: z.string().min(1).max(200), issued: Count, entered: Count }))
  .max(most.desks);
export type Desks = z.infer<typeof DesksShape>;

const RejectionShape = z.enum([
  'not-opened',
  'malformed',
  'unknown-option',
  'too-few-choices',
  'too-many-choices',
  'over-budget',
  'points-total',
]) satisfies z.ZodType<Rejection>;

const answers = z.array(z.strictObject({ option: OptionId, yes: Count, no: Count })).max(most.options);

/** What the counted ballots say together; options in the manifest's order. */
export const TallyShape = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('prioritisation'),
    /** Ballots that name the option, and for points the points it got. */
    options: z
      .array(z.strictObject({ option: OptionId, votes: Count, points: Count.nullable() }))
      .max(most.options),
  }),
  z.strictObject({ kind: z.literal('criteria'), options: answers }),
  z.strictObject({
    kind: z.literal('bonus'),
    options: answers,
    /** How often each share was chosen, ascending. */
    shares: z.array(z.strictObject({ percent: z.int().min(0).max(100), ballots: z.int().min(1) })).max(101),
  }),
]);
export type Tally = z.infer<typeof TallyShape>;

/** `result.json`, or null without release. */
export const ResultShape = z
  .strictObject({
    /** Valid ballots, blank ones included. */
    counted: Count,
    blank: Count,
    /** Leaves that a later one of their key replaced. */
    replaced: Count,
    /** By leaf hash, ascending. */
    rejected: z.array(z.strictObject({ leaf: hexOf(32), reason: RejectionShape })).max(most.leaves),
    tally: TallyShape,
    /** Of the lot, as they open, in the order of the issuers; null for one that is ill-sealed and counts as zeros. */
    seeds: z.tuple([hexOf(32).nullable(), hexOf(32).nullable()]),
    /** Funded options, ascending; null where a poll allocates nothing. */
    selected: z.array(OptionId).max(most.options).nullable(),
  })
  .nullable();
export type Result = z.infer<typeof ResultShape>;
