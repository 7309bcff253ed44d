/**
 * Where a poll stands with its ballots; each follows from the one before it:
 * - `open`: ballots come in
 * - `closed`: none comes in any more, but one that was on its way may still be stored, and published
 * - `sealed`: the board has all that it will have of them; only complaints can add to it
 * - `settled`: the board is final
 */
export type Gate = 'open' | 'closed' | 'sealed' | 'settled';

/** A leaf as the store knows it; `taken`: another leaf has its key and sequence. */
export type LeafState = 'waiting' | 'on-board' | 'taken' | 'unknown';

/** What a voter is told of a leaf that passed the checks. */
export type CastAnswer = 'promise' | 'sequence-already-used' | 'board-closing' | 'poll-closed';

/**
 * Whether a leaf may be promised. The gate has to be read *after* the leaf was seen in the store: if it is still open
 * then, closing comes later and finds the leaf. See docs/decisions/0070.
 */
export function answerTo(leaf: LeafState, gateAfter: Gate): CastAnswer {
  if (leaf === 'on-board') return 'promise';
  if (leaf === 'taken') return 'sequence-already-used';
  if (gateAfter === 'open' && leaf === 'waiting') return 'promise';
  // It may be published yet or not: nobody can tell before the board is sealed.
  return gateAfter === 'closed' && leaf === 'waiting' ? 'board-closing' : 'poll-closed';
}
