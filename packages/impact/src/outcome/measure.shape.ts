import { z } from 'zod';
import { NameShape, NumberShape, OperandShape, RoundingShape, text } from './term.shape.ts';

const DenominatorShape = z
  .strictObject({
    of: text(200).meta({ description: 'Of whom or of what, in words: `prisoners released in the year`' }),
    count: NameShape.optional().meta({ description: 'The id of the input or measure that counts them' }),
  })
  .meta({ id: 'OutcomeDenominator' });

const base = {
  id: NameShape.meta({ description: 'By this name payments and other measures refer to it' }),
  title: text(200).meta({ description: 'What the value is, in words' }),
  rounding: RoundingShape,
  min: NumberShape.optional().meta({ description: 'Counts as no less than this; applied after rounding' }),
  max: NumberShape.optional().meta({ description: 'Counts as no more than this; applied after rounding' }),
};

const assessed = DenominatorShape.meta({
  description:
    'Those of whom the value was measured: a sample, or all of them. A stated count must be above zero',
});
const payable = DenominatorShape.meta({
  description:
    'Those for whom the value is paid; a `saving` multiplies by this count unless it names other heads',
});

/** A rate or a mean says nothing until one knows of whom; an amount or a count may speak of nobody. */
const rate = { ...base, assessed, payable };
const amount = { ...base, assessed: assessed.optional(), payable: payable.optional() };

const unlessPaid = NameShape.optional().meta({
  description:
    'The id of a payment. If it comes to something in this decision, after its own cap, or paid something in an earlier one, this item is left out: so a cohort that was paid early does not count again in the pool',
});

const ItemShape = z.strictObject({ value: OperandShape, unlessPaid }).meta({ id: 'OutcomeItem' });

const WeighedItemShape = z
  .strictObject({
    value: OperandShape,
    weight: OperandShape.meta({ description: 'Zero or more' }),
    unlessPaid,
  })
  .meta({ id: 'OutcomeWeighedItem' });

/** Those of whom an example is measured and for whom it is paid. */
const all = { of: 'children in the programme', count: 'children' };

const kinds = [
  z.strictObject({ kind: z.literal('value'), ...amount, of: OperandShape }).meta({
    description: 'An input as it is',
    examples: [
      {
        kind: 'value',
        id: 'savings',
        title: 'Savings of the year',
        rounding: 'none',
        of: 'certified-savings',
      },
    ],
  }),
  z.strictObject({ kind: z.literal('difference'), ...amount, of: OperandShape, minus: OperandShape }).meta({
    description: '`of` − `minus`, such as participants against a comparison group',
    examples: [
      {
        kind: 'difference',
        id: 'saved',
        title: 'Benefits saved for one participant',
        assessed: all,
        payable: all,
        rounding: 'none',
        of: 'benefits-comparison',
        minus: 'benefits-participants',
      },
    ],
  }),
  z
    .strictObject({
      kind: z.literal('relativeReduction'),
      ...rate,
      observed: OperandShape,
      comparison: OperandShape.meta({ description: 'Above zero' }),
    })
    .meta({
      description: '(`comparison` − `observed`) ÷ `comparison`: 142 against 155 is 0.08387',
      examples: [
        {
          kind: 'relativeReduction',
          id: 'reduction',
          title: 'Fewer reconvictions',
          assessed: all,
          payable: all,
          rounding: 'none',
          observed: 'events',
          comparison: 'comparison-events',
        },
      ],
    }),
  z.strictObject({ kind: z.literal('ratio'), ...rate, of: OperandShape, by: OperandShape }).meta({
    description: '`of` ÷ `by`, such as children restored to their families of all in the programme',
    examples: [
      {
        kind: 'ratio',
        id: 'restoration',
        title: 'Children restored',
        assessed: all,
        payable: all,
        rounding: 'none',
        of: 'restored',
        by: 'children',
      },
    ],
  }),
  z
    .strictObject({
      kind: z.literal('weightedMean'),
      ...rate,
      items: z.array(WeighedItemShape).min(1).max(200).meta({ description: 'What the mean is of' }),
    })
    .meta({
      description:
        'Σ value × weight ÷ Σ weight, such as cohorts weighted by their heads. Not known if every item is left out',
      examples: [
        {
          kind: 'weightedMean',
          id: 'pooled',
          title: 'Pooled reduction',
          assessed: all,
          payable: all,
          rounding: 'none',
          items: [
            { value: 'reduction-1', weight: 'heads-1', unlessPaid: 'early-1' },
            { value: 'reduction-2', weight: 'heads-2' },
          ],
        },
      ],
    }),
  z
    .strictObject({
      kind: z.literal('sum'),
      ...amount,
      items: z.array(ItemShape).min(1).max(200).meta({ description: 'What is added up' }),
    })
    .meta({
      description: 'Σ value',
      examples: [
        {
          kind: 'sum',
          id: 'owed',
          title: 'Principal and interest',
          rounding: 'none',
          items: [{ value: '7000000' }, { value: 'interest' }],
        },
      ],
    }),
  z
    .strictObject({
      kind: z.literal('product'),
      ...amount,
      factors: z
        .array(OperandShape)
        .min(2)
        .max(20)
        .meta({ description: 'What is multiplied; each a number, or the id of an input or measure' }),
    })
    .meta({
      description: 'Π factor, such as heads × what was avoided for each. Not known while one factor is not',
      examples: [
        {
          kind: 'product',
          id: 'days-avoided',
          title: 'Care days avoided for all children',
          rounding: 'none',
          factors: ['children', 'days-avoided-each'],
        },
      ],
    }),
  z
    .strictObject({
      kind: z.literal('achievement'),
      ...rate,
      estimate: OperandShape,
      target: OperandShape.meta({ description: 'Not zero' }),
    })
    .meta({
      description: '`estimate` ÷ `target`: 1 if exactly the target was reached',
      examples: [
        {
          kind: 'achievement',
          id: 'learning',
          title: 'Learning gains against the target',
          assessed: all,
          payable: all,
          rounding: 'none',
          estimate: 'gains',
          target: '5592',
        },
      ],
    }),
] as const;

export const MeasureShape = z.discriminatedUnion('kind', kinds).meta({
  id: 'OutcomeMeasure',
  description: 'A value that payments depend on, computed from inputs and other measures',
});
export type Measure = z.infer<typeof MeasureShape>;
