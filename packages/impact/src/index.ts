export { criterionProblems, missingBaselines } from './criterion.rule.ts';
export type { CriterionProblem } from './criterion.rule.ts';
export { CriterionShape, SignedEstimateShape } from './criterion.shape.ts';
export type { Criterion, SignedEstimate } from './criterion.shape.ts';
export { againstGoal, beforeAfter } from './estimators/change.estimator.ts';
export { differenceInDifferences } from './estimators/differences.estimator.ts';
export { interruptedTimeSeries } from './estimators/series.estimator.ts';
export type {
  Coefficient,
  InterruptedTimeSeries,
  PeriodCount,
  SeriesInput,
} from './estimators/series.estimator.ts';
export { syntheticControl } from './estimators/synthetic.estimator.ts';
export type {
  SyntheticControl,
  SyntheticControlInput,
  UnitSeries,
} from './estimators/synthetic.estimator.ts';
export { changesOf, valuesIn } from './estimators/observation.ts';
export type { Observation, UnitReading } from './estimators/observation.ts';
export type { Estimate, Interval } from './estimators/estimate.ts';
export { signEstimate } from './estimate.signing.ts';
export type { Summary } from './estimators/sample.ts';
export { decideScore } from './score.decision.ts';
export type { CriterionScore, ScoreDecision, ScoreInput } from './score.decision.ts';
export type { ScoreRules } from './score.rules.ts';
export { decideBonus } from './bonus.decision.ts';
export type { BonusDecision, BonusInput, BonusRules } from './bonus.decision.ts';
export { splitBonus } from './bonus.split.ts';
export type { BonusSplit, Pot, SplitInput, SplitMember } from './bonus.split.ts';
export {
  decideRecord,
  decimalShown,
  isRecordFigure,
  recordCriteria,
  recordRuleProblems,
} from './record.decision.ts';
export type {
  RecordCorrection,
  RecordCriterion,
  RecordDecision,
  RecordEntry,
  RecordEvidence,
  RecordRules,
} from './record.decision.ts';
export { lineText } from './computation.ts';
export type { Line } from './computation.ts';
export { ImpactError } from './impact.errors.ts';
export type { ImpactErrorCode } from './impact.errors.ts';
