import { Fraction } from 'fraction.js';
import type { AllocationInput } from './index.ts';

/**
 * The rules once more, as the design words them, without any thought of speed: every sum is a fraction, every voter is
 * looked at every time. It shares nothing with the implementation but the shape of its input.
 */
export function allocateSlowly(input: AllocationInput): { selected: string[]; total: number | null } {
  const { rule, budget, ballots } = input;
  const supported = input.projects.map(({ id }) => id).filter((id) => isEligible(input, id));
  if (rule.rule === 'greedy') return { selected: greedy(input, supported, budget, []), total: null };
  if (ballots.length === 0) return { selected: [], total: null };
  const { completion } = rule;
  let total = budget;
  let shares = equalShares(input, supported, new Fraction(total, ballots.length));
  const mostIncrements = completion === 'add1' || completion === 'add1u' ? 10_000 : 0;
  for (let raised = 0; raised < mostIncrements; raised += 1) {
    const left = supported.filter((id) => !shares.includes(id) && !hasRival(input, id, shares));
    if (left.length === 0) break;
    const room = budget - costOf(input, shares);
    if (rule.exhaustiveStop && left.every((id) => costOf(input, [id]) > room)) break;
    const next = equalShares(input, supported, new Fraction(total, ballots.length).add(rule.increment));
    if (costOf(input, next) > budget) break;
    total += rule.increment * ballots.length;
    shares = next;
  }
  const outcome =
    completion === 'utilitarian' || completion === 'add1u'
      ? greedy(input, supported, budget - costOf(input, shares), shares)
      : shares;
  if (!rule.comparison) return { selected: outcome, total };
  const other = greedy(input, supported, budget, []);
  const funded = (index: number, ids: string[]) => ids.filter((id) => pointsOf(input, index, id) > 0).length;
  const better = ballots.filter((_, index) => funded(index, other) > funded(index, outcome)).length;
  const worse = ballots.filter((_, index) => funded(index, other) < funded(index, outcome)).length;
  return better > worse ? { selected: other, total: null } : { selected: outcome, total };
}

function pointsOf({ ballots }: AllocationInput, index: number, id: string): number {
  const { choices, points } = ballots[index]!;
  const at = choices.indexOf(id);
  if (at < 0) return 0;
  return points ? points[at]! : 1;
}

const votesOf = (input: AllocationInput, id: string): number =>
  input.ballots.filter((_, index) => pointsOf(input, index, id) > 0).length;
const allPointsOf = (input: AllocationInput, id: string): number =>
  input.ballots.reduce((sum, _, index) => sum + pointsOf(input, index, id), 0);
const costOf = ({ projects }: AllocationInput, ids: string[]): number =>
  projects.filter(({ id }) => ids.includes(id)).reduce((sum, { cost }) => sum + cost, 0);
const hasRival = ({ rule }: AllocationInput, id: string, funded: string[]): boolean =>
  (rule.conflicts ?? []).some((group) => group.includes(id) && group.some((one) => funded.includes(one)));

function isEligible(input: AllocationInput, id: string): boolean {
  const { rule, ballots, budget } = input;
  const votes = votesOf(input, id);
  if (ballots.length === 0 || votes === 0 || votes < (rule.minimumVotes ?? 0)) return false;
  if (rule.costThreshold === undefined || budget === 0) return true;
  const least = new Fraction(costOf(input, [id])).div(rule.costThreshold).div(budget);
  return !new Fraction(votes, ballots.length).lt(least);
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

function greedy(input: AllocationInput, ids: string[], money: number, before: string[]): string[] {
  const order = ids.toSorted((a, b) => allPointsOf(input, b) - allPointsOf(input, a) || tie(input, a, b));
  const funded = [...before];
  let left = money;
  for (const id of order) {
    const cost = costOf(input, [id]);
    if (funded.includes(id) || hasRival(input, id, funded) || cost > left) continue;
    funded.push(id);
    left -= cost;
  }
  return funded;
}

function equalShares(input: AllocationInput, ids: string[], endowment: Fraction): string[] {
  const money = input.ballots.map(() => endowment);
  const funded: string[] = [];
  for (;;) {
    const offers = ids
      .filter((id) => !funded.includes(id) && !hasRival(input, id, funded))
      .map((id) => ({ id, rho: rhoOf(input, id, money) }))
      .filter((one): one is { id: string; rho: Fraction } => one.rho !== undefined)
      .toSorted((a, b) => a.rho.compare(b.rho) || tie(input, a.id, b.id));
    const [best] = offers;
    if (!best) return funded;
    funded.push(best.id);
    for (const index of money.keys()) {
      const full = best.rho.mul(pointsOf(input, index, best.id)).mul(costOf(input, [best.id]));
      money[index] = money[index]!.sub(full.lt(money[index]!) ? full : money[index]!);
    }
  }
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
