import { chaosRules } from './chaos.rules.ts';

chaosRules([4, 5, 6, 7, 8, 9, 10, 11, 12, 13], (full) => full);
