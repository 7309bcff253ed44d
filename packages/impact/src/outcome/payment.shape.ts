import { z } from 'zod';
import {
  AnchorShape,
  base,
  FloorShape,
  RateShape,
  StepShape,
  TierShape,
  weight,
} from './payment.part.shape.ts';
import { NameShape, NumberShape, OperandShape, RoundingShape } from './term.shape.ts';

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
      kind: z.literal('rateCard'),
      ...base,
      rates: z
        .array(RateShape)
        .min(1)
        .max(50)
        .meta({ description: 'The price of each outcome that one participant may reach' }),
      participantCap: NumberShape.meta({
        description:
          'The most that is paid for one participant over the whole contract, in currency units, zero or more',
      }),
    })
    .meta({
      description:
        'For each participant Σ tariff × how often the outcome was reached, at most the cap; then added up over all. Results state participants alike in one row (`participants`). Without a cap for each participant take one `tariff` for each outcome',
      examples: [
        {
          kind: 'rateCard',
          id: 'young-people',
          title: 'Outcomes of young people, at most 8,200 for each',
          payer: 'municipality',
          payee: 'investor',
          rates: [
            { outcome: 'attendance', tariff: '1400' },
            { outcome: 'qualification', tariff: '3300' },
            { outcome: 'employment', tariff: '5500' },
          ],
          participantCap: '8200',
          cap: { amount: '2000000', over: 'contract' },
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
