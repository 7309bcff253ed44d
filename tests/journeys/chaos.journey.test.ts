import { chaosRules } from './chaos.rules.ts';
import { smallPlan } from './operated-stack.ts';

chaosRules([1, 2, 3], smallPlan);
