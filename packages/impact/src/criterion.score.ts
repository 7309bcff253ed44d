import type { Fraction } from 'fraction.js';
import type { Line } from './computation.ts';
import { requireScorable } from './criterion.rule.ts';
import type { Criterion, SignedEstimate } from './criterion.shape.ts';
import { clamp, exactOf, shown, signOf, sixPlaces, zero } from './exact.ts';
import { ImpactError } from './impact.errors.ts';
import type { ScoreRules } from './score.rules.ts';

/** How far one criterion came, before its weight. */
export interface Achievement {
  readonly value: Fraction;
  /** Before clamping; null if data are missing. */
  readonly raw: Fraction | null;
  readonly missing: boolean;
  readonly failureBoundCrossed: boolean;
  readonly lines: readonly Line[];
}

/**
 * raw = estimate ÷ Δ or (observed − baseline) ÷ Δ with Δ = goal − baseline; a = raw within the ends,
 * or the charter's failure value once the failure bound is crossed, whatever raw is.
 */
export function achievementOf(
  criterion: Criterion,
  measured: SignedEstimate | null,
  rules: ScoreRules,
): Achievement {
  const id = criterion.criterionId;
  if (!measured) {
    const line = { label: `${id}: data missing`, expression: '', value: '0' };
    return { value: zero, raw: null, missing: true, failureBoundCrossed: false, lines: [line] };
  }
  if (measured.unit !== criterion.unit)
    throw new ImpactError('unit-mismatch', `${measured.unit} is not ${criterion.unit}`);
  const levels = requireScorable(criterion);
  const [baseline, goal] = [exactOf(levels.baseline), exactOf(levels.goal)];
  const delta = goal.sub(baseline);
  const change = changeOf(criterion, measured, rules, baseline);
  const raw = change.value.div(delta);
  const failed = crossed(criterion, measured, delta);
  const [low, high] = endsOf(rules);
  const value = failed ? exactOf(rules.failureValue) : clamp(raw, low, high);
  const lines = [
    {
      label: `${id}: Δ`,
      expression: `goal ${shown(goal)} − baseline ${shown(baseline)}`,
      value: shown(delta),
    },
    { label: `${id}: ${change.label}`, expression: change.expression, value: shown(change.value) },
    { label: `${id}: raw`, expression: `${shown(change.value)} ÷ (${shown(delta)})`, value: shown(raw) },
    failed
      ? {
          label: `${id}: a`,
          expression: `failure bound ${criterion.failureBound} crossed at ${measured.observed}`,
          value: shown(value),
        }
      : { label: `${id}: a`, expression: `raw within ${shown(low)} and ${shown(high)}`, value: shown(value) },
  ];
  return { value, raw, missing: false, failureBoundCrossed: failed, lines };
}

function changeOf(
  { criterionId }: Criterion,
  measured: SignedEstimate,
  rules: ScoreRules,
  baseline: Fraction,
) {
  const onLevel = rules.goalOn === 'level';
  const origin = onLevel ? baseline : zero;
  const minus = onLevel ? ` − baseline ${shown(baseline)}` : '';
  const interval = onLevel ? measured.observedInterval80 : measured.interval80;
  if (rules.evidence === 'bound80') {
    if (!interval)
      return { label: 'evidence', expression: 'no 80% interval, so nothing is shown', value: zero };
    const value = nearEnd(signedValue(interval.low).sub(origin), signedValue(interval.high).sub(origin));
    return {
      label: 'evidence',
      expression: `near end of ${interval.low} to ${interval.high}${minus}`,
      value,
    };
  }
  const point = onLevel ? observedOf(criterionId, measured) : signedValue(measured.estimate);
  return {
    label: onLevel ? 'change' : 'effect',
    expression: `${shown(point)}${minus}`,
    value: point.sub(origin),
  };
}

// An interval that holds zero shows no effect in either direction.
function nearEnd(low: Fraction, high: Fraction): Fraction {
  if (high.lt(low)) throw new ImpactError('number-malformed', 'an interval ends before it begins');
  return low.gt(0) ? low : high.lt(0) ? high : zero;
}

function crossed(
  { criterionId, failureBound }: Criterion,
  measured: SignedEstimate,
  delta: Fraction,
): boolean {
  if (failureBound === undefined) return false;
  const beyond = observedOf(criterionId, measured).sub(exactOf(failureBound));
  return signOf(beyond) !== signOf(delta);
}

function observedOf(criterionId: string, { observed }: SignedEstimate): Fraction {
  if (observed === null)
    throw new ImpactError('observed-missing', `criterion ${criterionId} needs an observed level`);
  return signedValue(observed);
}

// Rounding again changes nothing that was signed, and keeps out what was not.
function signedValue(text: string): Fraction {
  return exactOf(sixPlaces(exactOf(text)));
}

function endsOf({ ends }: ScoreRules): [Fraction, Fraction] {
  const [low, high] = [exactOf(ends?.low ?? '-1'), exactOf(ends?.high ?? '1')];
  if (low.gt(high)) throw new ImpactError('rules-invalid', 'the ends of a score are the wrong way round');
  return [low, high];
}
