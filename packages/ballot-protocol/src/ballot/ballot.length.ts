import type { BallotRules } from '../manifest/manifest.shape.ts';

/** The length in bytes of every plaintext of a poll: the longest that its type and its rules allow. */
export function ballotLength(rules: Unsized<BallotRules>): number {
  switch (rules.type) {
    case 'approval':
    case 'knapsack':
      return 2 + 2 * rules.maxChoices;
    case 'points':
      return 2 + 6 * rules.maxChoices;
    case 'yes-no':
      return rules.options.length;
    case 'bonus':
      return rules.options.length + 1;
  }
}

type Unsized<Rules> = Rules extends unknown ? Omit<Rules, 'length'> : never;
