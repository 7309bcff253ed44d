import { z } from 'zod';
import { DurationShape, FractionShape, MoneyShape, text } from '../shapes.ts';

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
      type: z.enum(['approval', 'knapsack']),
      minChoices: z.int().min(0).max(1000),
      maxChoices: z.int().min(1).max(1000),
    }),
    allocation: z.object({ rule: z.enum(['greedy']) }),
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
      scoreThreshold: FractionShape,
      slope: FractionShape,
      cap: Share,
      quorum: Share,
      withoutQuorum: z.enum(['pay-nothing', 'pay-default-share']),
      defaultShare: z.int().min(0).max(100),
    }),
  })
  .meta({ id: 'Charter' });
export type Charter = z.infer<typeof CharterShape>;
