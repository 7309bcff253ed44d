export { rounded } from './computation.ts';
export { ImpactError } from './impact.errors.ts';
export { estimatePlan } from './plan/plan.estimate.ts';
export { EstimatesShape } from './plan/estimates.shape.ts';
export type { CriterionEstimate, Estimates } from './plan/estimates.shape.ts';
export { MeasurementPlanShape } from './plan/plan.shape.ts';
export type { MeasurementPlan } from './plan/plan.shape.ts';
export { panelLimits } from './plan/panel.csv.ts';
