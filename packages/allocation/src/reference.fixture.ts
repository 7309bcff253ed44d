import { Fraction } from 'fraction.js';
import type { AllocationInput } from './index.ts';

/** Why a project is in or out, as `Explanation` words it. */
type Why = Readonly<Record<string, unknown> & { reason: string }>;

interface SlowOutcome {
  readonly selected: string[];
  /** The endowments of all voters together. */
  readonly total: number | null;
  /** By project. */
  readonly why: Readonly<Record<string, Why>>;
}

/**
 * The rules once more, as the design words them, without any thought of speed: every sum is a fraction, every voter is
 * looked at every time. It shares nothing with the implementation but the shape of its input.
 */
export function allocateSlowly(input: AllocationInput): SlowOutcome {
  const { rule, budget, ballots, projects } = input;
  const out = projects.flatMap(({ id }) =>
    [exclusionOf(input, id)].flatMap((why) => (why ? [[id, why]] : [])),
  );
  const excluded: Record<string, Why> = Object.fromEntries(out);
  const supported = projects.map(({ id }) => id).filter((id) => !(id in excluded));
  const alone = greedy(input, supported, budget, []);
  if (rule.rule === 'greedy') return outcomeOf(alone, null);
  if (ballots.length === 0) return outcomeOf(alone, null);
  const { completion } = rule;
  let total = budget;
  let shares = equalShares(input, supported, new Fraction(total, ballots.length));
  const mostIncrements = completion === 'add1' || completion === 'add1u' ? 10_000 : 0;
  for (let raised = 0; raised < mostIncrements; raised += 1) {
    const left = supported.filter((id) => !shares.funded.includes(id) && !rivalOf(input, id, shares.funded));
    if (left.length === 0) break;
    const room = budget - costOf(input, shares.funded);
    if (rule.exhaustiveStop && left.every((id) => costOf(input, [id]) > room)) break;
    const next = equalShares(input, supported, new Fraction(total, ballots.length).add(rule.increment));
    if (costOf(input, next.funded) > budget) break;
    total += rule.increment * ballots.length;
    shares = next;
  }
  const completed =
    completion === 'utilitarian' || completion === 'add1u'
      ? greedy(input, supported, budget - costOf(input, shares.funded), shares.funded)
      : { funded: shares.funded, why: leftOut(input, supported, shares) };
  const outcome = { funded: completed.funded, why: { ...shares.why, ...completed.why } };
  if (!rule.comparison) return outcomeOf(outcome, total);
  const funded = (index: number, ids: string[]) => ids.filter((id) => pointsOf(input, index, id) > 0).length;
  const better = ballots.filter(
    (_, index) => funded(index, alone.funded) > funded(index, outcome.funded),
  ).length;
  const worse = ballots.filter(
    (_, index) => funded(index, alone.funded) < funded(index, outcome.funded),
  ).length;
  return better > worse ? outcomeOf(alone, null) : outcomeOf(outcome, total);

  function outcomeOf({ funded, why }: Decided, total: number | null): SlowOutcome {
    return { selected: funded, total, why: { ...why, ...excluded } };
  }
}

interface Decided {
  readonly funded: string[];
  readonly why: Readonly<Record<string, Why>>;
}

function pointsOf({ ballots }: AllocationInput, index: number, id: string): number {
  const { choices, points } = ballots[index]!;
  const at = choices.indexOf(id);
  if (at < 0) return 0;
  return points ? points[at]! : 1;
}

/** Ballots that give it anything. */
export const votesOf = (input: AllocationInput, id: string): number =>
  input.ballots.filter((_, index) => pointsOf(input, index, id) > 0).length;
export const allPointsOf = (input: AllocationInput, id: string): number =>
  input.ballots.reduce((sum, _, index) => sum + pointsOf(input, index, id), 0);
const costOf = ({ projects }: AllocationInput, ids: string[]): number =>
  projects.filter(({ id }) => ids.includes(id)).reduce((sum, { cost }) => sum + cost, 0);
const rivalOf = ({ rule }: AllocationInput, id: string, funded: string[]): string | undefined =>
  (rule.conflicts ?? [])
    .filter((group) => group.includes(id))
    .flatMap((group) => group.filter((one) => one !== id && funded.includes(one)))[0];

function exclusionOf(input: AllocationInput, id: string): Why | undefined {
  const { rule, ballots, budget } = input;
  const votes = votesOf(input, id);
  if (ballots.length === 0) return { reason: 'no-ballots' };
  if (votes === 0) return { reason: 'no-votes' };
  const { minimumVotes = 0, costThreshold } = rule;
  if (votes < minimumVotes) return { reason: 'too-few-votes', votesShort: minimumVotes - votes };
  if (costThreshold === undefined || budget === 0) return undefined;
  const least = new Fraction(costOf(input, [id])).div(costThreshold).div(budget);
  let votesShort = 0;
  while (new Fraction(votes + votesShort, ballots.length).lt(least)) votesShort += 1;
  return votesShort > 0 ? { reason: 'below-threshold', votesShort } : undefined;
}

/** Below zero if `a` goes first where a rule sees no difference. */
function tie(input: AllocationInput, a: string, b: string): number {
  const lot = input.lot ?? input.projects.map(({ id }) => id).toSorted();
  return (
    costOf(input, [a]) - costOf(input, [b]) ||
    votesOf(input, b) - votesOf(input, a) ||
    lot.indexOf(a) - lot.indexOf(b)
  );
}

function greedy(input: AllocationInput, ids: string[], money: number, before: string[]): Decided {
  const order = ids.toSorted((a, b) => allPointsOf(input, b) - allPointsOf(input, a) || tie(input, a, b));
  const funded = [...before];
  const why: Record<string, Why> = {};
  let left = money;
  for (const id of order.filter((one) => !before.includes(one))) {
    const cost = costOf(input, [id]);
    const rival = rivalOf(input, id, funded);
    if (rival !== undefined) why[id] = { reason: 'conflict', conflictsWith: rival };
    else if (cost > left) why[id] = { reason: 'does-not-fit', available: left, shortfall: cost - left };
    else {
      why[id] = { reason: 'funded', available: left };
      funded.push(id);
      left -= cost;
    }
  }
  return { funded, why };
}

interface Shared extends Decided {
  /** What each voter has left. */
  readonly money: Fraction[];
}

function equalShares(input: AllocationInput, ids: string[], endowment: Fraction): Shared {
  const money = input.ballots.map(() => endowment);
  const funded: string[] = [];
  const why: Record<string, Why> = {};
  for (;;) {
    const offers = ids
      .filter((id) => !funded.includes(id) && rivalOf(input, id, funded) === undefined)
      .map((id) => ({ id, rho: rhoOf(input, id, money) }))
      .filter((one): one is { id: string; rho: Fraction } => one.rho !== undefined)
      .toSorted((a, b) => a.rho.compare(b.rho) || tie(input, a.id, b.id));
    const [best] = offers;
    if (!best) return { funded, why, money };
    const ofPoint = best.rho.mul(costOf(input, [best.id]));
    funded.push(best.id);
    why[best.id] = { reason: 'funded-by-supporters', price: Number(ofPoint.ceil()) };
    for (const index of money.keys()) {
      const full = ofPoint.mul(pointsOf(input, index, best.id));
      money[index] = money[index]!.sub(full.lt(money[index]!) ? full : money[index]!);
    }
  }
}

/** What is said of whatever equal shares did not buy. */
function leftOut(input: AllocationInput, ids: string[], { funded, money }: Shared): Record<string, Why> {
  const whys = ids
    .filter((id) => !funded.includes(id))
    .map((id): [string, Why] => {
      const rival = rivalOf(input, id, funded);
      if (rival !== undefined) return [id, { reason: 'conflict', conflictsWith: rival }];
      const held = money.filter((_, index) => pointsOf(input, index, id) > 0);
      const available = Number(held.reduce((sum, has) => sum.add(has), new Fraction(0)).floor());
      return [id, { reason: 'supporters-short', available, shortfall: costOf(input, [id]) - available }];
    });
  return Object.fromEntries(whys);
}

/** The smallest ρ with Σ min(bᵢ, ρ·uᵢ) = cost. The sum is a straight line between the ρ at which a voter has just enough. */
function rhoOf(input: AllocationInput, id: string, money: Fraction[]): Fraction | undefined {
  const cost = new Fraction(costOf(input, [id]));
  const supporters = money
    .map((has, index) => ({ has, utility: cost.mul(pointsOf(input, index, id)) }))
    .filter(({ utility }) => utility.gt(0));
  const paidAt = (rho: Fraction) =>
    supporters
      .map(({ has, utility }) => (rho.mul(utility).lt(has) ? rho.mul(utility) : has))
      .reduce((sum, paid) => sum.add(paid), new Fraction(0));
  const corners = supporters.map(({ has, utility }) => has.div(utility)).toSorted((a, b) => a.compare(b));
  let below = new Fraction(0);
  for (const corner of corners) {
    const [low, high] = [paidAt(below), paidAt(corner)];
    if (!high.lt(cost)) return below.add(corner.sub(below).mul(cost.sub(low)).div(high.sub(low)));
    below = corner;
  }
  return undefined;
}
