import type { PollShape } from '@talkoot/api-contracts/ballots';
import type { Problem } from '@talkoot/api-contracts';
import type { Manifest } from '@talkoot/ballot-protocol';
import type { z } from 'zod';

export type PollPhase = z.infer<typeof PollShape>['phase'];
export type Refusal = Pick<Problem, 'code' | 'status' | 'detail'>;

/**
 * What the board answered to a leaf.
 * - `silent`: nothing in time, "later" (5xx, then with its problem), or nothing that can be believed
 */
export type BoardAnswer =
  | { readonly answer: 'promised'; readonly promise: Uint8Array }
  | { readonly answer: 'refused'; readonly problem: Refusal }
  | { readonly answer: 'silent'; readonly problem: Refusal | null };

export type ComplaintAnswer = 'taken' | 'refused' | 'silent';

/**
 * How far a poll is, for the relay:
 * - `casting`: it keeps ballots and hands them on
 * - `closed`: it keeps no more; it hands on what it has, looks for what was promised, and complains
 * - `over`: the board is final: what is not on it stays missing
 */
export type Stage = 'casting' | 'closed' | 'over';

const stages: { readonly [P in PollPhase]: Stage } = {
  new: 'casting',
  prepared: 'casting',
  'roll-frozen': 'casting',
  'key-made': 'casting',
  open: 'casting',
  closing: 'casting',
  closed: 'closed',
  'key-release': 'over',
  tallied: 'over',
  published: 'over',
  decided: 'over',
  'not-held': 'over',
  annulled: 'over',
};

const hour = 3_600_000;
const day = 24 * hour;
/** Time that is given to a board that is silent when it should be final. */
const patience = 30 * day;
/** Longest life of a poll whose phases end by acts. */
const longestPoll = 400 * day;

type Windows = Manifest['windows'];

/**
 * How far a poll is. The board is believed where the manifest has no windows, and in that a poll takes longer than they say,
 * as outages make it; never in that casting ended before its time.
 * @param said what the board says, now or when it last did; null if it never said anything
 * @param learned when this relay came to know the poll, and `now`: milliseconds since 1970
 */
export function stageOf(
  windows: Windows,
  said: PollPhase | null,
  { learned, now }: { readonly learned: number; readonly now: number },
): Stage {
  const stage = said ? stages[said] : null;
  if (windows === null) return now > learned + longestPoll ? 'over' : (stage ?? 'casting');
  const [closes, final] = [Date.parse(windows.castingCloses), Date.parse(windows.complaintsClose)];
  if (now < closes) return 'casting';
  if (now < final) return stage === 'casting' ? 'casting' : 'closed';
  return stage === 'over' || now > final + patience ? 'over' : 'closed';
}

/** Whether nothing more is to be hoped from a board that does not show what it has. */
export function isPastHope(windows: Windows, { learned, now }: { learned: number; now: number }): boolean {
  const end = windows === null ? learned + longestPoll : Date.parse(windows.complaintsClose);
  return now > end + patience;
}

/**
 * Whether the time for casting is now, so that a ballot that the board does not answer is kept.
 * @param stage by what the board last said
 */
export function isInTime(windows: Windows, stage: Stage, now: number): boolean {
  if (windows === null) return stage === 'casting';
  return now >= Date.parse(windows.opens) && now < Date.parse(windows.castingCloses);
}

/**
 * - `promised`: keep the promise beside the leaf
 * - `forget`: the board has refused what it may refuse
 * - `keep`: try again; and show it, if casting ends without a promise
 */
export type Handing = 'promised' | 'forget' | 'keep';

/**
 * What follows from the board's answer to a leaf that was found in order and came in time. That the poll is not open, or that
 * another leaf has its key and sequence, only the board knows. Any other refusal contradicts the leaf or the manifest, and a
 * board that so suppresses ballots is to be seen.
 * @param wasKept somebody was told that it is kept: it came before the board said that it is closed
 */
export function handingOf(answer: BoardAnswer, windows: Windows, wasKept: boolean): Handing {
  if (answer.answer !== 'refused') return answer.answer === 'promised' ? 'promised' : 'keep';
  const { code } = answer.problem;
  if (code === 'sequence-already-used') return 'forget';
  const isPhase = code === 'poll-closed' || code === 'poll-not-open';
  return isPhase && windows === null && !wasKept ? 'forget' : 'keep';
}

/**
 * Whether to complain about a leaf that was promised and is not on a closed board: the board says itself that it does not
 * have it, or an hour has passed in which it should have published it.
 * @param again its answer to the same leaf
 */
export function isBroken(again: BoardAnswer, windows: Windows, now: number): boolean {
  if (again.answer === 'refused' && again.problem.code === 'poll-closed') return true;
  return windows !== null && now >= Date.parse(windows.castingCloses) + hour;
}
