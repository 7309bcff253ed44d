export { SignedEstimateShape } from './criterion.shape.ts';
export { periodNumber, PeriodKindShape } from './period.ts';
export type { PeriodKind } from './period.ts';
