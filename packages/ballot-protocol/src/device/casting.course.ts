/** Who takes leaves: the board itself, and the relay of the auditor beside it. */
export type Taker = 'board' | 'relay';

/**
 * What came of a leaf:
 * - `included`: it is on the board, at `index` of `size` leaves
 * - `refused`: board and relay take it as no ballot; `code` is the board's
 * - `too-late`: casting was over before anybody promised anything; `kept` if a relay took it in time and shows that
 * - `broken`: it was promised, is not on the board, and no complaint is heard any more: the receipt proves it
 */
export type CastOutcome =
  | { readonly outcome: 'included'; readonly index: number; readonly size: number }
  | { readonly outcome: 'refused'; readonly code: string }
  | { readonly outcome: 'too-late'; readonly kept: boolean }
  | { readonly outcome: 'broken' };

/**
 * How far a device is with a leaf. Whoever keeps it beside the leaf goes on where they were, after the device was switched
 * off too.
 */
export interface CastState {
  /** Of the board, 64 bytes, found to be its own; null until then. */
  readonly promise: Uint8Array | null;
  readonly turn: 'send' | 'look' | 'complain';
  /** Who gets the leaf next. */
  readonly to: Taker;
  /** A relay has taken the leaf. */
  readonly isKept: boolean;
  /** Why the board does not take it; null where it has not said so, or the relay thinks otherwise. */
  readonly refusal: string | null;
  /** The board takes no ballots any more, this one among them. */
  readonly isClosed: boolean;
  readonly hasComplained: boolean;
  /** How often in a row nothing came of asking everybody. */
  readonly vain: number;
  /** Whether to wait before the next act. */
  readonly isResting: boolean;
  readonly end: CastOutcome | null;
}

export const newCast: CastState = {
  promise: null,
  turn: 'send',
  to: 'board',
  isKept: false,
  refusal: null,
  isClosed: false,
  hasComplained: false,
  vain: 0,
  isResting: false,
  end: null,
};

export type CastAct =
  | { readonly act: 'send'; readonly to: Taker }
  /** Look for one's own leaf among all hashes of the board. */
  | { readonly act: 'look' }
  | { readonly act: 'complain' }
  | { readonly act: 'rest' }
  | { readonly act: 'end'; readonly end: CastOutcome };

/**
 * What came of an act.
 * - `silent`: no answer in time, one that says "later" (5xx), or one that is not what it should be
 */
export type CastAnswer =
  | { readonly to: 'send'; readonly answer: 'promised'; readonly promise: Uint8Array }
  | { readonly to: 'send'; readonly answer: 'kept' | 'silent' }
  | { readonly to: 'send'; readonly answer: 'refused'; readonly code: string }
  | { readonly to: 'look'; readonly answer: 'included'; readonly index: number; readonly size: number }
  /** `isOver`: by the manifest the board must have all that it promised. */
  | { readonly to: 'look'; readonly answer: 'missing' | 'silent'; readonly isOver: boolean }
  | { readonly to: 'complain'; readonly answer: 'taken' | 'refused' | 'silent' }
  | { readonly to: 'rest' };

/** The code with which board and relay say that casting is over. */
const closed = 'poll-closed';

/** What a device does next. */
export function nextAct(state: CastState): CastAct {
  if (state.end) return { act: 'end', end: state.end };
  if (state.isResting) return { act: 'rest' };
  return state.turn === 'send' ? { act: 'send', to: state.to } : { act: state.turn };
}

/** How far a device is after an answer to its last act. */
export function afterAnswer(state: CastState, answer: CastAnswer): CastState {
  switch (answer.to) {
    case 'rest':
      return { ...state, isResting: false };
    case 'send':
      return answer.answer === 'promised' ? promised(state, answer.promise) : unpromised(state, answer);
    case 'look':
      return answer.answer === 'included' ? ended(state, included(answer)) : missing(state, answer);
    case 'complain':
      if (answer.answer === 'refused') return ended(state, { outcome: 'broken' });
      return rested({ ...state, turn: 'look', hasComplained: answer.answer === 'taken' });
  }
}

const included = ({ index, size }: { readonly index: number; readonly size: number }): CastOutcome => ({
  outcome: 'included',
  index,
  size,
});
const ended = (state: CastState, end: CastOutcome): CastState => ({ ...state, end });
/** Nothing came of it: wait, longer each time. */
const rested = (state: CastState): CastState => ({ ...state, isResting: true, vain: state.vain + 1 });

/** The first promise is news; the same one again says only that the board is there. No leaf is published at once. */
function promised(state: CastState, promise: Uint8Array): CastState {
  const next: CastState = { ...state, turn: 'look', to: 'board', refusal: null, isClosed: false };
  return state.promise ? rested(next) : { ...next, promise, vain: 0, isResting: true };
}

type Unpromised = Exclude<Extract<CastAnswer, { to: 'send' }>, { answer: 'promised' }>;

function unpromised(state: CastState, answer: Unpromised): CastState {
  if (state.promise) return unconfirmed(state, answer);
  if (answer.answer === 'refused') return refused(state, answer.code);
  if (answer.answer === 'kept') return rested({ ...state, isKept: true, refusal: null, to: 'board' });
  if (state.to === 'board') return { ...state, to: 'relay' };
  // Who was refused by the board and reaches no relay has nobody else to ask.
  return state.refusal === null ? rested({ ...state, to: 'board' }) : over(state, state.refusal);
}

/** A board that promised and says now that it is closed does not have the leaf: look, and then complain. */
function unconfirmed(state: CastState, answer: Unpromised): CastState {
  const isClosed = answer.answer === 'refused' && answer.code === closed;
  return isClosed ? { ...state, turn: 'look', isClosed } : rested({ ...state, turn: 'look' });
}

/** What the board refuses is shown to the relay, which knows a ballot when it sees one. */
function refused(state: CastState, code: string): CastState {
  if (state.to === 'board') return { ...state, to: 'relay', refusal: code };
  // A relay alone refuses nothing: it may not know the poll.
  return state.refusal === null ? rested({ ...state, to: 'board' }) : over(state, state.refusal);
}

function over(state: CastState, code: string): CastState {
  return ended(
    state,
    code === closed ? { outcome: 'too-late', kept: state.isKept } : { outcome: 'refused', code },
  );
}

function missing(
  state: CastState,
  { answer, isOver }: Exclude<Extract<CastAnswer, { to: 'look' }>, { answer: 'included' }>,
): CastState {
  // A complaint is taken: until its end the board may honour it.
  if (state.hasComplained) return rested(state);
  // The board itself has said that it does not have it, or goes on promising what it should have done.
  if (state.isClosed || isOver) return { ...state, turn: 'complain' };
  const next: CastState = { ...state, turn: 'send', to: 'board' };
  return answer === 'silent' ? rested(next) : next;
}
