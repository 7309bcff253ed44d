import { compare, decimalOf, portion, subtract, zero as nothing } from '@talkoot/money';
import type { Money } from '@talkoot/money';
import type { Fraction } from 'fraction.js';
import type { Line } from './computation.ts';
import { exactOf, exactText, shown, zero } from './exact.ts';
import { ImpactError } from './impact.errors.ts';
import { isCount, repeats } from './validity.ts';

/** The charter's bonus rules; numbers as decimal or `p/q` text. */
export interface BonusRules {
  /** t ≥ 0: a score below it pays nothing. */
  readonly scoreThreshold: string;
  /** Above zero. */
  readonly slope: string;
  /** Above zero, at most 1. */
  readonly cap: string;
  /** Share of the frozen roll, from 0 to 1. */
  readonly quorum: string;
  readonly withoutQuorum: 'pay-nothing' | 'pay-default-share';
  /** Whole percent, paid without quorum if the rule says so. */
  readonly defaultShare: number;
}

export interface BonusInput {
  readonly rules: BonusRules;
  readonly pool: Money;
  /** S as `decideScore` returned it. */
  readonly score: string;
  /** `payable` of the score's decision. */
  readonly payable: boolean;
  /** False of a vote that came to no result: then there is no quorum, whatever the rules ask for. */
  readonly counted: boolean;
  /** Size of the frozen roll. */
  readonly roll: number;
  /** Counted ballots, blanks included. */
  readonly ballots: number;
  /** Ballots that chose each whole percent. */
  readonly shares: readonly { readonly percent: number; readonly ballots: number }[];
}

export interface BonusDecision {
  readonly payable: Money;
  /** What goes back to the bonus fund: pool − payable. */
  readonly returned: Money;
  /** f(S), exactly. */
  readonly fraction: string;
  /** The whole percent that applies. */
  readonly share: number;
  readonly quorum: { readonly needed: number; readonly ballots: number; readonly reached: boolean };
  readonly reason:
    | 'paid'
    | 'score-not-payable'
    | 'score-below-threshold'
    | 'no-quorum'
    | 'no-share-chosen'
    | 'share-zero'
    | 'below-minor-unit';
  readonly computation: readonly Line[];
}

/**
 * payable = ⌊pool × f(S) × share⌋, floored once to the minor unit, with f(S) = 0 for S < t, else
 * min(cap, slope × S), and share the lower median of the percents chosen. Blank ballots count for the
 * quorum ⌈q × roll⌉ only. Without quorum or result, or if every ballot is blank, the charter's rule applies.
 * @throws ImpactError `rules-invalid`, `votes-invalid`, `number-malformed`
 */
export function decideBonus(input: BonusInput): BonusDecision {
  requireVotes(input);
  const rules = readRules(input.rules);
  const score = exactOf(input.score);
  const fraction = fractionOf(score, input.payable, rules);
  const needed = Number(rules.quorum.mul(input.roll).ceil().n);
  const reached = input.counted && input.ballots >= needed;
  const voted = reached ? lowerMedian(input.shares) : null;
  const share = voted ?? (input.rules.withoutQuorum === 'pay-default-share' ? input.rules.defaultShare : 0);
  const factor = fraction.mul(share).div(100);
  const payable = portion(input.pool, factor.n, factor.d);
  const reason = reasonFor({ input, payable, fraction, share, voted, reached });
  return {
    payable,
    returned: subtract(input.pool, payable),
    fraction: exactText(fraction),
    share,
    quorum: { needed, ballots: input.ballots, reached },
    reason,
    computation: [
      { label: 'bonus pool', expression: '', value: inCurrency(input.pool) },
      scoreLine(input, score, fraction, rules),
      {
        label: 'quorum',
        expression: input.counted
          ? `${input.ballots} ballots, ⌈${shown(rules.quorum)} × ${input.roll}⌉ = ${needed} needed`
          : 'the vote came to no result',
        value: reached ? 'reached' : 'not reached',
      },
      shareLine(input, share, voted),
      {
        label: 'payable',
        expression: `⌊${inCurrency(input.pool)} × ${shown(fraction)} × ${share}%⌋`,
        value: inCurrency(payable),
      },
    ],
  };
}

interface ReadRules {
  readonly threshold: Fraction;
  readonly slope: Fraction;
  readonly cap: Fraction;
  readonly quorum: Fraction;
}

function readRules(rules: BonusRules): ReadRules {
  const read = {
    threshold: exactOf(rules.scoreThreshold),
    slope: exactOf(rules.slope),
    cap: exactOf(rules.cap),
    quorum: exactOf(rules.quorum),
  };
  const inRange =
    read.threshold.gte(0) &&
    read.slope.gt(0) &&
    read.cap.gt(0) &&
    read.cap.lte(1) &&
    read.quorum.gte(0) &&
    read.quorum.lte(1);
  if (!inRange || !isPercent(rules.defaultShare))
    throw new ImpactError('rules-invalid', 'a bonus rule is out of its range');
  return read;
}

function fractionOf(score: Fraction, payable: boolean, { threshold, slope, cap }: ReadRules): Fraction {
  if (!payable || score.lt(threshold)) return zero;
  const sloped = slope.mul(score);
  return sloped.gt(cap) ? cap : sloped;
}

/** The smallest percent that at least half of the choosing ballots do not exceed; null if none chose. */
function lowerMedian(shares: BonusInput['shares']): number | null {
  const choosing = shares.reduce((sum, { ballots }) => sum + ballots, 0);
  let reached = 0;
  for (const { percent, ballots } of shares.toSorted((a, b) => a.percent - b.percent)) {
    reached += ballots;
    if (reached > 0 && reached * 2 >= choosing) return percent;
  }
  return null;
}

interface Circumstances {
  readonly input: BonusInput;
  readonly payable: Money;
  readonly fraction: Fraction;
  readonly share: number;
  readonly voted: number | null;
  readonly reached: boolean;
}

function reasonFor({
  input,
  payable,
  fraction,
  share,
  voted,
  reached,
}: Circumstances): BonusDecision['reason'] {
  if (compare(payable, nothing(payable.currency)) > 0) return 'paid';
  if (!input.payable) return 'score-not-payable';
  if (fraction.equals(0)) return 'score-below-threshold';
  if (share > 0) return 'below-minor-unit';
  if (voted !== null) return 'share-zero';
  return reached ? 'no-share-chosen' : 'no-quorum';
}

function scoreLine(input: BonusInput, score: Fraction, fraction: Fraction, rules: ReadRules): Line {
  const label = 'f(S)';
  const { threshold, slope, cap } = rules;
  if (!input.payable) return { label, expression: 'the score carries no bonus', value: '0' };
  if (score.lt(threshold))
    return { label, expression: `S ${shown(score)} is below ${shown(threshold)}`, value: '0' };
  return {
    label,
    expression: `min(${shown(cap)}, ${shown(slope)} × ${shown(score)})`,
    value: shown(fraction),
  };
}

function shareLine({ rules }: BonusInput, share: number, voted: number | null): Line {
  const expression = voted === null ? `charter: ${rules.withoutQuorum}` : 'lower median of the shares chosen';
  return { label: 'share', expression, value: `${share}%` };
}

function requireVotes({ roll, ballots, shares }: BonusInput): void {
  const choosing = shares.reduce((sum, share) => sum + share.ballots, 0);
  const counts = [roll, ballots, choosing, ...shares.map((share) => share.ballots)];
  const valid =
    counts.every(isCount) &&
    choosing <= ballots &&
    ballots <= roll &&
    shares.every(({ percent }) => isPercent(percent));
  if (!valid || repeats(shares.map(({ percent }) => String(percent)))) {
    throw new ImpactError('votes-invalid', 'ballots, roll and shares do not fit together');
  }
}

function isPercent(value: number): boolean {
  return isCount(value) && value <= 100;
}

function inCurrency(amount: Money): string {
  return `${decimalOf(amount)} ${amount.currency}`;
}
