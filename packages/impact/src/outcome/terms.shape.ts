import { z } from 'zod';
import { MeasureShape } from './measure.shape.ts';
import { PaymentShape } from './payment.shape.ts';
import {
  NameShape,
  NumberShape,
  RoundingModeShape,
  SchemaLinkShape,
  text,
  WhichTimeShape,
} from './term.shape.ts';

const InputShape = z
  .strictObject({
    id: NameShape.meta({
      description: 'By this name measures and payments refer to it, and results state it',
    }),
    title: text(200).meta({ description: 'What is counted or measured, in words' }),
    unit: text(50).meta({ description: 'The unit of the number: `children`, `EUR`, `events per 100`' }),
    min: NumberShape.optional().meta({ description: 'A smaller number is refused as a mistake' }),
    max: NumberShape.optional().meta({ description: 'A larger number is refused as a mistake' }),
  })
  .meta({
    id: 'OutcomeInput',
    description: 'A number that the independent assessor states when the contract is decided',
  });

const AmountCapShape = z
  .strictObject({
    amount: NumberShape.meta({ description: 'The most, in currency units; whole minor units' }),
    over: WhichTimeShape,
  })
  .meta({
    id: 'OutcomeAmountCap',
    description:
      'The most that all payments together come to, what is owed by negative lines taken off. What is over is taken from the lines above zero, in proportion; a negative line is not changed',
  });

const GroupCapShape = z
  .strictObject({
    group: NameShape.meta({ description: 'The `group` of the payments that share this cap' }),
    amount: NumberShape.meta({
      description: 'The most, in currency units, zero or more; whole minor units',
    }),
    over: WhichTimeShape,
  })
  .meta({
    id: 'OutcomeGroupCap',
    description:
      'The most that the payments of a group come to together, after the cap of each line, what is owed by negative lines taken off. What is over is taken from the lines above zero, in proportion; a negative line is not changed',
  });

const ReturnCapShape = z
  .strictObject({
    rate: NumberShape.meta({
      description:
        'The most that investors may earn a year: `0.13` is an internal rate of return of 13 %; above −1 and below 1',
    }),
  })
  .meta({
    id: 'OutcomeReturnCap',
    description:
      'A cap on the internal rate of return (IRR) of what was invested. Days are counted as they are, a year has 365 (ACT/365). What is paid is the largest whole number of minor units at which the rate is not exceeded. What is over is taken from the lines above zero, in proportion; a negative line is not changed. Needs `investment` in the results, and a single payee',
  });

/** The terms of an outcome contract. What each field means is said in its description, which the JSON Schema carries. */
export const OutcomeTermsShape = z
  .strictObject({
    $schema: SchemaLinkShape,
    title: text(200).meta({ description: 'What the contract is about, in one line' }),
    note: text(4000).optional().meta({
      description: 'Anything a reader should know: the source of the terms, which numbers are illustrative',
    }),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .meta({ description: 'ISO 4217 code; every amount of the contract is in it' }),
    inputs: z.array(InputShape).max(500).meta({ description: 'Every number that results must state' }),
    measures: z
      .array(MeasureShape)
      .max(200)
      .meta({ description: 'Values computed from inputs and from each other, in any order' }),
    payments: z
      .array(PaymentShape)
      .min(1)
      .max(200)
      .meta({ description: 'The lines of the contract; what they come to is added up' }),
    groupCaps: z.array(GroupCapShape).max(50).optional().meta({
      description: 'Caps of groups of payments: of a cohort, a year, a kind of outcome; one for a group',
    }),
    amountCap: AmountCapShape.optional(),
    returnCap: ReturnCapShape.optional(),
    rounding: RoundingModeShape.meta({
      description:
        'How the amount is rounded to the minor unit (cents), once, at the very end. `half-up` and `up` go away from zero, `down` goes towards zero, `half-even` to the even neighbour',
    }),
  })
  .meta({
    id: 'OutcomeTerms',
    title: 'Terms of an outcome contract (Social Impact Bond)',
    description:
      'Order of a decision: measures, then payments line by line (in a rate card the cap of each participant first), then the cap of each line, then the cap of each group, then subtotals by group, payer and payee, then the total, the amount cap, the cap on the return, and rounding. A negative amount is owed by the payee to the payer. Inputs, measures and payments share one set of ids. Amounts are in currency units, all numbers are decimal text: `"0.075"`, `"-3300000"`.',
  });
export type OutcomeTerms = z.infer<typeof OutcomeTermsShape>;
