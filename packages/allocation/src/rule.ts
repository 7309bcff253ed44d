export { AllocationError } from './allocation.errors.ts';
export { AllocationRuleShape } from './allocation.rule.ts';
export { requireDecidable } from './increment.bounds.ts';
