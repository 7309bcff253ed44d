import { z } from 'zod';
import { OptionTallyShape } from '../projects/internal.ts';
import { IdShape, MoneyShape, Sha256Shape } from '../shapes.ts';

export const PollKindShape = z.enum(['prioritisation', 'criteria', 'bonus']).meta({ id: 'PollKind' });
export type PollKind = z.infer<typeof PollKindShape>;

/** Tally of a poll. Services get it once the poll is tallied, the public once it is published. */
export const PollResultShape = z
  .object({
    pollId: IdShape,
    kind: PollKindShape,
    roll: z.int().min(0),
    ballots: z.int().min(0),
    /** prioritisation: yes = approvals, no = 0. criteria and bonus: yes and no of each option. */
    options: z.array(OptionTallyShape),
    /** bonus only: how many ballots chose each whole percent; blanks are not counted here. */
    shares: z.array(z.object({ percent: z.int().min(0).max(100), ballots: z.int().min(1) })),
    /** prioritisation only. */
    allocation: z
      .object({
        rule: z.string(),
        cost: MoneyShape,
        selected: z.array(IdShape),
        explanations: z.array(
          z.object({
            projectId: IdShape,
            votes: z.int(),
            cost: MoneyShape,
            funded: z.boolean(),
            reasonCode: z.string(),
            explanation: z.string(),
          }),
        ),
      })
      .nullable(),
    /** SHA-256 of the canonical JSON of everything above. */
    sha256: Sha256Shape,
  })
  .meta({ id: 'PollResult' });
export type PollResult = z.infer<typeof PollResultShape>;
