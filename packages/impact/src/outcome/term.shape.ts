import { z } from 'zod';

const number = String.raw`-?\d{1,15}(\.\d{1,12})?`;
const name = '[a-z][a-z0-9-]{0,63}';

export const NumberShape = z
  .string()
  .regex(new RegExp(`^${number}$`), 'write a number as decimal text, such as "0.075"')
  .meta({ id: 'OutcomeNumber', description: 'A number as decimal text, at most 12 places' });

export const NameShape = z
  .string()
  .regex(new RegExp(`^${name}$`), 'write a name of lower-case letters, digits and dashes')
  .meta({ id: 'OutcomeName', description: 'Lower-case letters, digits and dashes; begins with a letter' });

export const OperandShape = z
  .string()
  .regex(new RegExp(`^(${number}|${name})$`), 'write a number as decimal text, such as "0.075", or an id')
  .meta({
    id: 'OutcomeOperand',
    description: 'A number as decimal text, or the id of an input or of a measure',
  });

/** Text for people, of one line or more, with nothing that commands a terminal. */
export const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    // Written out: other readers of JSON Schema know no classes of Unicode.
    // oxlint-disable-next-line no-control-regex
    .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/);

/** With it an editor shows the descriptions while a document is typed. */
export const SchemaLinkShape = z.string().max(500).optional().meta({
  description: 'Where the JSON Schema of this document lies, for the editor; it decides nothing',
});

export const RoundingModeShape = z.enum(['half-up', 'half-even', 'down', 'up']);
export type RoundingMode = z.infer<typeof RoundingModeShape>;

export const RoundingShape = z
  .union([
    z.literal('none'),
    z.strictObject({
      places: z.int().min(0).max(12).meta({ description: 'Decimal places that remain' }),
      mode: RoundingModeShape.meta({ description: 'Which way' }),
    }),
  ])
  .meta({
    id: 'OutcomeRounding',
    description:
      'Whether the value is rounded before it is used: `none`, or to how many decimal places and how. `half-up` and `up` go away from zero, `down` goes towards zero, `half-even` to the even neighbour',
  });
export type Rounding = z.infer<typeof RoundingShape>;

export const ConditionShape = z
  .strictObject({
    measure: NameShape.meta({ description: 'The id of an input or of a measure' }),
    atLeast: NumberShape.optional().meta({ description: 'It is this or more' }),
    above: NumberShape.optional().meta({ description: 'It is more than this' }),
    atMost: NumberShape.optional().meta({ description: 'It is this or less' }),
    below: NumberShape.optional().meta({ description: 'It is less than this' }),
  })
  .meta({ id: 'OutcomeCondition', description: 'Holds if the value meets every bound that is stated' });
export type Condition = z.infer<typeof ConditionShape>;

export const ConditionsShape = z.array(ConditionShape).min(1).max(20);

export const WhichTimeShape = z.enum(['decision', 'contract']).meta({
  id: 'OutcomeCapSpan',
  description:
    '`contract`: the most over the whole contract, so that what was paid before uses it up. `decision`: the most of each single decision',
});
