export { officialsSignIn } from './demo/acts/arrival.act.ts';
export { lintulaPlan } from './demo/plans/lintula.plan.ts';
export { readResult } from './demo/result.ts';
export { scriptOf } from './demo/run.ts';
