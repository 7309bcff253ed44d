import type { BallotRules } from '../manifest/manifest.shape.ts';
import type { Ballot, BallotContext, Rejection } from './ballot.ts';

/** The first rule of the poll that a well-formed ballot breaks; undefined if it breaks none. */
export function rejectionOf(context: BallotContext, ballot: Ballot): Rejection | undefined {
  const { ballot: rules, allocation } = context;
  if (!('maxChoices' in rules) || ballot.type === 'yes-no' || ballot.type === 'bonus') return undefined;
  const places = ballot.type === 'points' ? ballot.points.map(({ place }) => place) : ballot.places;
  if (places.some((place) => place >= rules.options.length)) return 'unknown-option';
  if (places.length > 0 && places.length < rules.minChoices) return 'too-few-choices';
  if (rules.type === 'knapsack' && costOf(rules, places) > BigInt(allocation?.budget ?? 0)) {
    return 'over-budget';
  }
  if (rules.type === 'points' && ballot.type === 'points' && pointsOf(ballot) > rules.points) {
    return 'points-total';
  }
  return undefined;
}

function costOf({ options }: Extract<BallotRules, { type: 'knapsack' }>, places: readonly number[]): bigint {
  return places.reduce((sum, place) => sum + BigInt(options[place]!.cost), 0n);
}

function pointsOf({ points }: Extract<Ballot, { type: 'points' }>): number {
  return points.reduce((sum, { points }) => sum + points, 0);
}
