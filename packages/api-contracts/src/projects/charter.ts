import { AllocationRuleShape } from '@talkoot/allocation';
import { z } from 'zod';
import { DurationShape, FractionShape, hexOf, MoneyShape, text } from '../shapes.ts';

/** Durations of one wait, counted in the charter's zone. `remindBefore` counts back from the due instant. */
export const WaitTimesShape = z
  .object({
    duration: DurationShape,
    remindBefore: DurationShape.optional(),
    /** Between due and each rung of the escalation ladder, and from the last rung to lapsing. */
    escalateAfter: DurationShape.optional(),
  })
  .meta({ id: 'WaitTimes' });
export type WaitTimes = z.infer<typeof WaitTimesShape>;

const Share = FractionShape.meta({ description: 'A share between 0 and 1' });

/** Who keeps the polls secret and honest: fixed in the charter, the same for all polls of a pilot. */
export const PollProtocolShape = z
  .object({
    /** Ballots are published in random halves of twice as many. */
    batchSize: z.int().min(1).max(10_000).default(30),
    /** Below either, nobody learns what the ballots say and the rule without a quorum applies. */
    minima: z.object({ roll: z.int().min(1), counted: z.int().min(1) }).default({ roll: 50, counted: 20 }),
    /** So many trustees open the ballots together; fewer of them belong to any one organisation. */
    threshold: z.int().min(2).max(20),
    trustees: z
      .array(
        z.object({
          name: text(200),
          organisation: text(200),
          signingKey: hexOf(32).meta({ description: 'Ed25519' }),
          sealingKey: hexOf(33).meta({ description: 'P-256, compressed' }),
        }),
      )
      .min(2)
      .max(20),
  })
  .meta({ id: 'PollProtocol' });
export type PollProtocol = z.infer<typeof PollProtocolShape>;

/** What a civil servant's performance record may be weighed by. */
export const RecordCriterionShape = z
  .enum(['collaboration', 'engagement', 'hours', 'skills-taught', 'skills-learned'])
  .meta({ id: 'RecordCriterion' });

/** By what the work of civil servants in the pilot is weighed: known to them before it begins, the same for all. */
export const RecordRulesShape = z
  .object({
    /** Stars of fewer people in a project are neither shown nor counted: they could be told apart. At least 3. */
    minimumRaters: z.int().min(1).max(100),
    criteria: z
      .array(
        z.object({
          criterion: RecordCriterionShape,
          /** The weights add up to 1. */
          weight: FractionShape,
          /** What counts in full: stars, a share of the weeks or of the assigned hours, a number of skills. */
          full: FractionShape,
        }),
      )
      .min(1)
      .max(5),
  })
  .meta({ id: 'RecordRules' });

/** The rules of a pilot: frozen and hashed at permission. */
export const CharterShape = z
  .object({
    purpose: text(4000),
    currency: z.string().regex(/^[A-Z]{3}$/),
    /** IANA zone, public holidays and local end-of-day by which deadlines are computed. */
    timeZone: z.string().max(64),
    holidays: z.array(z.iso.date()).max(400),
    endOfDay: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
    /** `act`: phases end by an authorised act, their durations are far away; `calendar`: they end by deadline. */
    endsBy: z.enum(['calendar', 'act']),
    /** Durations by `<kind>.<wait>`; `default` serves every wait that is not named. */
    calendar: z.object({ default: WaitTimesShape }).catchall(WaitTimesShape),
    /** How the permitted limit is split; the three add up to 1. */
    funds: z.object({ round: Share, bonus: Share, outcome: Share }),
    projectCap: MoneyShape,
    electorate: z.object({
      minimumAge: z.int().min(0).max(120),
      districts: z.array(text(80)).max(200),
    }),
    /** Endorsements needed, as a share of the electorate, rounded up. */
    threshold: Share,
    ballot: z.object({
      type: z.enum(['approval', 'knapsack', 'points']),
      minChoices: z.int().min(0).max(1000),
      maxChoices: z.int().min(1).max(1000),
      /** How many a voter distributes, where the type is `points`. */
      points: z.int().min(1).max(1_000_000).optional(),
    }),
    allocation: AllocationRuleShape,
    poll: PollProtocolShape,
    criteria: z.object({
      quorum: Share,
      /** Below the quorum: all criteria stand with equal weight, or none does. */
      withoutQuorum: z.enum(['all-equal', 'none']),
    }),
    measurement: z.object({
      /** When observations are due, counted from the end of delivery. */
      collections: z.array(DurationShape).min(1).max(240),
    }),
    impact: z.object({
      goalOn: z.enum(['effect', 'level']),
      evidence: z.enum(['point', 'bound80']),
      failureValue: FractionShape,
      sideEffectsMost: FractionShape,
    }),
    bonus: z.object({
      /** Pool reserved per project: this share of its cost, from the bonus fund. */
      poolShare: Share,
      /**
       * Employer's contributions as a share of the wage, such as `0.22`. The pool includes them: the share of a civil servant is
       * wage and contributions. Nothing is kept for them without this.
       */
      employerContributions: Share.optional(),
      scoreThreshold: FractionShape,
      slope: FractionShape,
      cap: Share,
      quorum: Share,
      withoutQuorum: z.enum(['pay-nothing', 'pay-default-share']),
      defaultShare: z.int().min(0).max(100),
    }),
    performance: RecordRulesShape,
  })
  .meta({ id: 'Charter' });
export type Charter = z.infer<typeof CharterShape>;
