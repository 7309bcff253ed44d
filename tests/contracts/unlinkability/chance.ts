/** The guesses of one strategy in one batch. */
export interface Guessing {
  /** How many ballots, and voters, the batch has. */
  readonly size: number;
  /** For how many of its ballots there is a guess. */
  readonly guessed: number;
  /** How many voters each guess names. */
  readonly named: number;
}

/**
 * At most how likely at least so many ballots are linked by guesses that know nothing.
 *
 * The binomial test of `hits` against `named / size`, made exact: whose ballots a batch holds is known, so the guesses in
 * it are not independent of each other. Of ballots dealt blindly to voters, j given ones are all guessed right with
 * probability at most named^j / (size)_j; hence E[C(hits, j)] ≤ expected^j / j!, for independent guesses as well, and by
 * Markov P(hits ≥ h) ≤ min over j of expected^j / (j! · C(h, j)).
 */
export function chanceOf(hits: number, guessings: readonly Guessing[]): number {
  const expected = guessings.reduce((sum, { size, guessed, named }) => sum + (guessed * named) / size, 0);
  let bound = 1;
  let log = 0;
  for (let j = 1; j <= hits; j += 1) {
    // The j-th factor of expected^j / (h)_j, as j! · C(h, j) is (h)_j.
    log += Math.log(expected / (hits - j + 1));
    bound = Math.min(bound, Math.exp(log));
  }
  return bound;
}
