export { afterAnswer, newCast, nextAct } from './casting.course.ts';
export type { CastAct, CastAnswer, CastOutcome, CastState, Taker } from './casting.course.ts';
export { castAndFollow, restAfter } from './casting.ts';
export type { Casting, CastGoal, CastPorts, SendAnswer } from './casting.ts';
export { leafHashesOf, standingBoard } from './standing.board.ts';
export type { TileFetcher } from './standing.board.ts';
