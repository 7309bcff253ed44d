import type { Fraction } from 'fraction.js';
import type { Line } from './computation.ts';
import type { Criterion, SignedEstimate } from './criterion.shape.ts';
import { achievementOf } from './criterion.score.ts';
import type { Achievement } from './criterion.score.ts';
import { clamp, exactOf, exactText, shown, sixPlaces, total, zero } from './exact.ts';
import { ImpactError } from './impact.errors.ts';
import type { ScoreRules, Votes } from './score.rules.ts';
import { isCount, repeats } from './validity.ts';

export interface ScoreInput {
  readonly rules: ScoreRules;
  /** `measured` is null where data are missing. */
  readonly criteria: readonly {
    readonly criterion: Criterion;
    readonly votes: Votes;
    readonly measured: SignedEstimate | null;
  }[];
  /** Points as proposed by the assessor, signed. Leave empty before the bonus vote. */
  readonly sideEffects: readonly {
    readonly sideEffectId: string;
    readonly points: string;
    readonly votes: Votes;
  }[];
}

export interface ScoreDecision {
  /** S, exactly, as `p/q` or an integer. */
  readonly score: string;
  /** S rounded for display. */
  readonly scoreShown: string;
  /** Whether this score may carry a bonus at all. */
  readonly payable: boolean;
  readonly reason: 'scored' | 'no-criterion-accepted' | 'too-much-missing';
  readonly criteria: readonly CriterionScore[];
  readonly sideEffects: readonly {
    readonly sideEffectId: string;
    readonly points: string;
    readonly accepted: boolean;
  }[];
  readonly computation: readonly Line[];
}

export interface CriterionScore extends Omit<Achievement, 'value' | 'raw' | 'lines'> {
  readonly criterionId: string;
  readonly accepted: boolean;
  /** Exact, as is every number here; 0 if not accepted. */
  readonly weight: string;
  readonly raw: string | null;
  readonly achievement: string;
}

/**
 * S = Σ w·a + side effects, over criteria with more approvals than rejections, w = approvals ÷ all
 * their approvals. Missing data: a = 0 with the weight kept; more than a third of the weight missing,
 * or no criterion accepted: no bonus. Side effects with more yes than no are added up and clamped.
 * Exact rationals throughout.
 * @throws ImpactError
 */
export function decideScore(input: ScoreInput): ScoreDecision {
  requireValid(input);
  const approvals = input.criteria.filter(accepted).reduce((sum, { votes }) => sum + BigInt(votes.yes), 0n);
  const scored = input.criteria.map((entry) => scoreCriterion(entry, approvals, input.rules));
  const criteriaSum = total(scored.map(({ weight, achievement }) => weight.mul(achievement.value)));
  const missing = total(scored.filter(({ achievement }) => achievement.missing).map(({ weight }) => weight));
  const effects = addSideEffects(input);
  const score = criteriaSum.add(effects.sum);
  const reason =
    approvals === 0n ? 'no-criterion-accepted' : missing.mul(3n).gt(1n) ? 'too-much-missing' : 'scored';
  return {
    score: exactText(score),
    scoreShown: sixPlaces(score),
    payable: reason === 'scored',
    reason,
    criteria: scored.map(({ shape }) => shape),
    sideEffects: effects.decided,
    computation: [
      ...scored.flatMap(({ lines }) => lines),
      { label: 'missing weight', expression: 'no bonus above 1/3', value: shown(missing) },
      ...effects.lines,
      {
        label: 'score S',
        expression: `${shown(criteriaSum)} + (${shown(effects.sum)})`,
        value: shown(score),
      },
    ],
  };
}

type CriterionEntry = ScoreInput['criteria'][number];

function accepted({ votes }: { votes: Votes }): boolean {
  return votes.yes > votes.no;
}

function scoreCriterion(entry: CriterionEntry, approvals: bigint, rules: ScoreRules) {
  const { criterion, votes } = entry;
  const weight = accepted(entry) ? exactOf(`${votes.yes}/${approvals}`) : zero;
  const achievement = achievementOf(criterion, entry.measured, rules);
  const { value, raw, lines, ...flags } = achievement;
  const shape: CriterionScore = {
    criterionId: criterion.criterionId,
    accepted: accepted(entry),
    weight: exactText(weight),
    raw: raw === null ? null : exactText(raw),
    achievement: exactText(value),
    ...flags,
  };
  const { criterionId } = criterion;
  if (!shape.accepted) {
    const refused = {
      label: `${criterionId}: not accepted`,
      expression: `${votes.yes} yes, ${votes.no} no`,
      value: 'weight 0',
    };
    return { weight, achievement, shape, lines: [refused] };
  }
  const weighed = {
    label: `${criterionId}: weight`,
    expression: `${votes.yes} ÷ ${approvals}`,
    value: shown(weight),
  };
  const counted = {
    label: `${criterionId}: counts`,
    expression: `${shown(weight)} × (${shown(value)})`,
    value: shown(weight.mul(value)),
  };
  return { weight, achievement, shape, lines: [weighed, ...lines, counted] };
}

function addSideEffects({ sideEffects, rules }: ScoreInput) {
  const most = exactOf(rules.sideEffectsMost);
  const decided = sideEffects.map((effect) => ({
    sideEffectId: effect.sideEffectId,
    points: effect.points,
    accepted: accepted(effect),
  }));
  const counted: Fraction[] = decided
    .filter((effect) => effect.accepted)
    .map(({ points }) => exactOf(points));
  const sum = clamp(total(counted), most.neg(), most);
  const lines: Line[] = sideEffects.map((effect) => ({
    label: `side effect ${effect.sideEffectId}: ${accepted(effect) ? 'accepted' : 'rejected'}`,
    expression: `${effect.votes.yes} yes, ${effect.votes.no} no, ${effect.points} points`,
    value: accepted(effect) ? shown(exactOf(effect.points)) : '0',
  }));
  const label = `side effects, within ±${shown(most)}`;
  const expression = counted.map((points) => `(${shown(points)})`).join(' + ') || 'none';
  return { decided, sum, lines: [...lines, { label, expression, value: shown(sum) }] };
}

function requireValid({ rules, criteria, sideEffects }: ScoreInput): void {
  const ids = [
    criteria.map(({ criterion }) => criterion.criterionId),
    sideEffects.map(({ sideEffectId }) => sideEffectId),
  ];
  if (ids.some(repeats)) throw new ImpactError('duplicate-id', 'a criterion or side effect is listed twice');
  for (const { votes } of [...criteria, ...sideEffects]) {
    if (!isCount(votes.yes) || !isCount(votes.no)) throw new ImpactError('votes-invalid', 'votes are counts');
  }
  for (const { points } of sideEffects) exactOf(points);
  if (exactOf(rules.sideEffectsMost).lt(0))
    throw new ImpactError('rules-invalid', 'sideEffectsMost is below zero');
}
