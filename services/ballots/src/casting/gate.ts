/**
 * Where a poll stands with its ballots:
 * - `open`: ballots come in
 * - `closed`: none comes in any more, but one that was on its way may still be there
 * - `sealed`: the ballots that count are marked, once and for all
 */
export type Gate = 'open' | 'closed' | 'sealed';

/** What became of a ballot that was sent. */
export type CastOutcome = 'accepted' | 'refused-closed' | 'undecided';

/**
 * The fate of a ballot that is stored, by the gate as it is read *after* storing. Still open: closing, and so the
 * count, come later and will see it. Closed: it may be counted or withdrawn by the request that stored it; nobody
 * can tell before the poll is sealed.
 */
export function fateOf(gateAfter: Gate, counted: boolean): CastOutcome {
  if (counted || gateAfter === 'open') return 'accepted';
  return gateAfter === 'sealed' ? 'refused-closed' : 'undecided';
}
