import { z } from 'zod';
import { ConditionsShape, NameShape, NumberShape, OperandShape, text, WhichTimeShape } from './term.shape.ts';

/** What every line of a contract says. */
export const base = {
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
      amount: OperandShape.meta({
        description:
          'The most, in currency units, zero or more; the id of an input or measure where it follows the results, such as so much for each participant on average',
      }),
      over: WhichTimeShape,
    })
    .optional()
    .meta({ description: 'The most that this line pays, after its weight; a negative line is not changed' }),
};

export const weight = NumberShape.optional().meta({
  description: 'What the payment is multiplied by, zero or more; 1 if not stated',
});

const EdgeShape = z
  .strictObject({
    at: NumberShape,
    included: z.boolean().meta({ description: 'Whether the value `at` itself belongs to this tier' }),
  })
  .meta({ id: 'OutcomeEdge', description: 'One end of a tier' });

export const TierShape = z
  .strictObject({
    from: EdgeShape.optional().meta({ description: 'The lower end; without it the tier has none' }),
    to: EdgeShape.optional().meta({ description: 'The upper end; without it the tier has none' }),
    pays: OperandShape.meta({ description: 'What is multiplied by the base; may be negative' }),
  })
  .meta({ id: 'OutcomeTier' });
export type Tier = z.infer<typeof TierShape>;

export const AnchorShape = z
  .strictObject({ at: NumberShape, pays: NumberShape })
  .meta({ id: 'OutcomeAnchor', description: 'At this value of the measure, this rate' });
export type Anchor = z.infer<typeof AnchorShape>;

export const FloorShape = z
  .strictObject({
    pays: NumberShape,
    when: ConditionsShape.optional().meta({
      description: 'The floor applies only then: in the first three years',
    }),
  })
  .meta({ id: 'OutcomeFloor' });

export const StepShape = z
  .strictObject({
    share: NumberShape.meta({ description: 'The part of the amount that is paid, from 0 to 1' }),
    until: OperandShape.optional().meta({
      description:
        'The share applies until all payments on this line, earlier ones included, come to this. Only the last step has none',
    }),
  })
  .meta({ id: 'OutcomeStep' });

export const RateShape = z
  .strictObject({
    outcome: NameShape.meta({ description: 'By this name results say who reached it: `attendance`' }),
    tariff: OperandShape.meta({ description: 'Price of reaching it once' }),
  })
  .meta({ id: 'OutcomeRate' });
