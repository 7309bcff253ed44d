export { officialsSignIn } from './demo/acts/arrival.act.ts';
export { Chaos } from './demo/chaos.ts';
export { lintulaPlan } from './demo/plans/lintula.plan.ts';
export type { Play } from './demo/play.ts';
export { readResult } from './demo/result.ts';
export { playDemo, scriptOf } from './demo/run.ts';
export { signIn } from './demo/sign-in.ts';
export { bindingIn, certifiedDevice } from './demo/voting/device.ts';
