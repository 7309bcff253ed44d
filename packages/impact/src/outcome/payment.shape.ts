import { z } from 'zod';
import {
  ConditionsShape,
  NameShape,
  NumberShape,
  OperandShape,
  RoundingShape,
  text,
  WhichTimeShape,
} from './term.shape.ts';

const base = {
  id: NameShape.meta({ description: 'By this name `paidBefore` and `unlessPaid` refer to it' }),
  title: text(200).meta({ description: 'What is paid for, in words' }),
  payer: NameShape.meta({ description: 'Who pays: `municipality`, `national-fund`' }),
  payee: NameShape.meta({ description: 'Who is paid: `investor`, `provider`' }),
  group: NameShape.optional().meta({
    description: 'Payments of one group are added up in a subtotal: a cohort, a year',
  }),
  when: ConditionsShape.optional().meta({ description: 'Pays only if every condition holds; else nothing' }),
  once: z
    .boolean()
    .optional()
    .meta({ description: 'If true: nothing if something was paid on this line before' }),
  cap: z
    .strictObject({
      amount: NumberShape.meta({ description: 'The most, in currency units, zero or more' }),
      over: WhichTimeShape,
    })
    .optional()
    .meta({ description: 'The most that this line pays, after its weight; a negative line is not changed' }),
};

const weight = NumberShape.optional().meta({
  description: 'What the payment is multiplied by, zero or more; 1 if not stated',
});

const EdgeShape = z
  .strictObject({
    at: NumberShape,
    included: z.boolean().meta({ description: 'Whether the value `at` itself belongs to this tier' }),
  })
  .meta({ id: 'OutcomeEdge', description: 'One end of a tier' });

const TierShape = z
  .strictObject({
    from: EdgeShape.optional().meta({ description: 'The lower end; without it the tier has none' }),
    to: EdgeShape.optional().meta({ description: 'The upper end; without it the tier has none' }),
    pays: OperandShape.meta({ description: 'What is multiplied by the base; may be negative' }),
  })
  .meta({ id: 'OutcomeTier' });
export type Tier = z.infer<typeof TierShape>;

const AnchorShape = z
  .strictObject({ at: NumberShape, pays: NumberShape })
  .meta({ id: 'OutcomeAnchor', description: 'At this value of the measure, this rate' });
export type Anchor = z.infer<typeof AnchorShape>;

const FloorShape = z
  .strictObject({
    pays: NumberShape,
    when: ConditionsShape.optional().meta({
      description: 'The floor applies only then: in the first three years',
    }),
  })
  .meta({ id: 'OutcomeFloor' });

const StepShape = z
  .strictObject({
    share: NumberShape.meta({ description: 'The part of the amount that is paid, from 0 to 1' }),
    until: OperandShape.optional().meta({
      description:
        'The share applies until all payments on this line, earlier ones included, come to this. Only the last step has none',
    }),
  })
  .meta({ id: 'OutcomeStep' });

const kinds = [
  z.strictObject({ kind: z.literal('fixed'), ...base, weight, amount: OperandShape }).meta({
    description: 'An amount, if its conditions hold',
    examples: [
      {
        kind: 'fixed',
        id: 'early-1',
        title: 'Early payment of cohort 1',
        payer: 'municipality',
        payee: 'investor',
        once: true,
        when: [{ measure: 'reduction-1', atLeast: '0.1' }],
        amount: '1000000',
      },
    ],
  }),
  z
    .strictObject({
      kind: z.literal('tiers'),
      ...base,
      weight,
      measure: NameShape.meta({
        description: 'The id of the measure or input by whose value it is looked up',
      }),
      tiers: z.array(TierShape).min(1).max(100).meta({
        description:
          'In rising order; every possible value falls into exactly one tier, gaps and overlaps are refused',
      }),
      base: OperandShape.optional().meta({
        description: 'What `pays` is multiplied by; 1 if not stated, so that it is an amount',
      }),
    })
    .meta({
      description: 'What the tier of the measure pays, × base',
      examples: [
        {
          kind: 'tiers',
          id: 'runoff',
          title: 'Payment by runoff reduced',
          payer: 'municipality',
          payee: 'investor',
          measure: 'reduction',
          tiers: [
            { to: { at: '18.6', included: false }, pays: '-3300000' },
            { from: { at: '18.6', included: true }, to: { at: '41.3', included: true }, pays: '0' },
            { from: { at: '41.3', included: false }, pays: '3300000' },
          ],
        },
      ],
    }),
  z
    .strictObject({
      kind: z.literal('anchors'),
      ...base,
      weight,
      measure: NameShape.meta({
        description: 'The id of the measure or input by whose value it is looked up',
      }),
      anchors: z.array(AnchorShape).min(2).max(100).meta({
        description:
          'In rising order of `at`. Between two anchors the rate is on the straight line; outside, the end value is held',
      }),
      rounding: RoundingShape.meta({
        description: 'Of the rate that was read from the anchors, before the floor',
      }),
      floor: FloorShape.optional().meta({ description: 'The rate is never less than this' }),
      base: OperandShape.meta({
        description: 'What the rate is multiplied by, such as the principal; rates are `0.075` for 7.5 %',
      }),
    })
    .meta({
      description: 'The rate at the measure, read from anchors, × base',
      examples: [
        {
          kind: 'anchors',
          id: 'interest',
          title: 'Interest of the year',
          payer: 'municipality',
          payee: 'investor',
          measure: 'restoration',
          anchors: [
            { at: '0.60', pays: '0.075' },
            { at: '0.65', pays: '0.12' },
            { at: '0.70', pays: '0.15' },
          ],
          rounding: 'none',
          floor: { pays: '0.05', when: [{ measure: 'year', atMost: '3' }] },
          base: '7000000',
        },
      ],
    }),
  z
    .strictObject({
      kind: z.literal('tariff'),
      ...base,
      weight,
      tariff: OperandShape.meta({ description: 'Price of one outcome' }),
      count: OperandShape.meta({ description: 'How many outcomes' }),
    })
    .meta({
      description: '`tariff` × `count`: a rate card has one such payment for each outcome',
      examples: [
        {
          kind: 'tariff',
          id: 'jobs',
          title: 'Entry into employment',
          payer: 'municipality',
          payee: 'investor',
          tariff: '3500',
          count: 'entries',
          cap: { amount: '700000', over: 'contract' },
        },
      ],
    }),
  z
    .strictObject({
      kind: z.literal('saving'),
      ...base,
      weight,
      measure: NameShape.meta({ description: 'The measure that gives the saving of one head' }),
      heads: OperandShape.optional().meta({
        description: 'How many heads; the payable count of the measure if not stated',
      }),
      share: OperandShape.meta({ description: 'The part of the saving that is paid, from 0 to 1' }),
    })
    .meta({
      description: 'Saving of one head × heads × share',
      examples: [
        {
          kind: 'saving',
          id: 'share-of-savings',
          title: 'Half of what was saved',
          payer: 'municipality',
          payee: 'investor',
          measure: 'saved',
          share: '0.5',
        },
      ],
    }),
  z
    .strictObject({
      kind: z.literal('waterfall'),
      ...base,
      amount: OperandShape.meta({
        description: 'What is shared in this decision, such as the savings of the year; zero or more',
      }),
      steps: z.array(StepShape).min(1).max(20).meta({ description: 'In rising order of `until`' }),
    })
    .meta({
      description:
        'Shares of an amount that change with what was paid so far: 0.95 until the principal and interest are repaid, then 0.40. An amount that crosses an end is split there',
      examples: [
        {
          kind: 'waterfall',
          id: 'savings',
          title: 'Savings of the year',
          payer: 'municipality',
          payee: 'investor',
          amount: 'saved',
          steps: [{ share: '0.95', until: 'owed' }, { share: '0.40' }],
        },
      ],
    }),
] as const;

export const PaymentShape = z
  .discriminatedUnion('kind', kinds)
  .meta({ id: 'OutcomePayment', description: 'One line of the contract: who pays whom for what' });
export type Payment = z.infer<typeof PaymentShape>;
export type PaymentOf<Kind extends Payment['kind']> = Extract<Payment, { kind: Kind }>;
