import { z } from 'zod';
import { OptionTallyShape } from '../projects/internal.ts';
import { IdShape, MoneyShape, Sha256Shape } from '../shapes.ts';

export const PollKindShape = z.enum(['prioritisation', 'criteria', 'bonus']).meta({ id: 'PollKind' });
export type PollKind = z.infer<typeof PollKindShape>;

/**
 * What became of a poll. Only a `counted` one decides anything; of all others the charter's rule without a quorum does.
 * - `withheld`: fewer ballots than the charter's minimum, or too few trustees: nobody learns what they say
 * - `not-held`: it was never opened, because the roll is too small or no key was made
 * - `annulled`: an appeal was upheld, or nobody could finish it
 */
export const PollOutcomeShape = z
  .enum(['counted', 'withheld', 'not-held', 'annulled'])
  .meta({ id: 'PollOutcome' });
export type PollOutcome = z.infer<typeof PollOutcomeShape>;

/** Tally of a poll. Services get it once the poll is over, the public once it is published. */
export const PollResultShape = z
  .object({
    pollId: IdShape,
    kind: PollKindShape,
    outcome: PollOutcomeShape,
    /** Size of the municipality's roll. */
    roll: z.int().min(0),
    /** Counted ballots, blank ones included; 0 unless `counted`. */
    ballots: z.int().min(0),
    blank: z.int().min(0),
    /** Of the deciding ballots, those that break the rules of the poll. */
    rejected: z.int().min(0),
    /**
     * prioritisation: yes = ballots that name the option, no = 0, and for points what it got.
     * criteria and bonus: yes and no of each option.
     */
    options: z.array(OptionTallyShape.extend({ points: z.int().min(0).optional() })),
    /** bonus only: how many ballots chose each whole percent; blanks are not counted here. */
    shares: z.array(z.object({ percent: z.int().min(0).max(100), ballots: z.int().min(1) })),
    /** prioritisation only, and only when `counted`. */
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
