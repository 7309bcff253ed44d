import { z } from 'zod';
import { NameShape, NumberShape, SchemaLinkShape } from './term.shape.ts';

const FlowShape = z
  .strictObject({
    date: z.iso.date().meta({ description: 'The day, as `2018-07-13`' }),
    amount: NumberShape.meta({
      description: 'Below zero: what investors paid in. Above zero: what they were paid',
    }),
  })
  .meta({ id: 'OutcomeFlow' });
export type Flow = z.infer<typeof FlowShape>;

const ParticipantsShape = z
  .strictObject({
    count: NumberShape.meta({ description: 'How many participants this row speaks of: a whole number' }),
    outcomes: z.record(NameShape, NumberShape).meta({
      description:
        'How often each of them reached each outcome of the rate card, `"0"` included; zero or more. One that is left out is refused',
    }),
    paidBefore: NumberShape.optional().meta({
      description:
        'What earlier decisions paid for each of them, in currency units: it uses up the cap of the participant. Nothing if left out',
    }),
  })
  .meta({
    id: 'OutcomeParticipants',
    description: 'Participants who are alike: who reached the same, and for whom the same was paid before',
  });
export type Participants = z.infer<typeof ParticipantsShape>;

/** What a decision is made from. */
export const OutcomeResultsShape = z
  .strictObject({
    $schema: SchemaLinkShape,
    inputs: z.record(NameShape, NumberShape.nullable()).meta({
      description:
        'Every input of the terms by its id. `null` says that it is not known yet: the payments that need it stay open in this decision. An input that is left out is refused',
    }),
    paidBefore: z.record(NameShape, NumberShape).optional().meta({
      description:
        'What earlier decisions paid on each payment, by its id, in currency units; nothing if left out',
    }),
    participants: z.record(NameShape, z.array(ParticipantsShape).max(500).nullable()).optional().meta({
      description:
        'The participants of every `rateCard`, by the id of the payment: counts only, never who somebody is. `null` says that it is not known yet. Needed with a rate card, and only then',
    }),
    investment: z
      .strictObject({
        flows: z.array(FlowShape).min(1).max(100).meta({
          description:
            'What went between investors and others before this payment, in any order. Sorted by date it changes from invested to received once',
        }),
        paidOn: z.iso.date().meta({ description: 'The day of the payment that is being decided' }),
      })
      .optional()
      .meta({ description: 'Needed with a cap on the return, and only then' }),
  })
  .meta({
    id: 'OutcomeResults',
    title: 'Results from which an outcome contract is decided',
    description: 'Stated by the independent assessor. Numbers are decimal text, amounts in currency units.',
  });
export type OutcomeResults = z.infer<typeof OutcomeResultsShape>;
