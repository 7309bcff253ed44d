import { AllocationError } from './allocation.errors.ts';
import type { AllocationInput } from './allocation.input.ts';
import { AllocationRuleShape } from './allocation.rule.ts';
import type { AllocationRule, EqualSharesRule } from './allocation.rule.ts';
import { groupsTakenBy, rivalOf } from './conflict.groups.ts';
import { compareOutcomes } from './comparison.rule.ts';
import type { Comparison } from './comparison.rule.ts';
import { indexElection } from './election.index.ts';
import type { IndexedElection } from './election.index.ts';
import { exclusionOf } from './eligible.rule.ts';
import type { Endowment, SharesOutcome } from './equal-shares.rule.ts';
import { shareEqually } from './equal-shares.rule.ts';
import type { Explanation, Verdict } from './explanation.ts';
import { byPoints, takeTurns } from './greedy.rule.ts';
import type { GreedyTurn } from './greedy.rule.ts';

export interface Allocation {
  /** In the order of funding. */
  readonly selected: readonly string[];
  readonly cost: number;
  /** Of equal shares, after the last increment that counts; `null` where the outcome is greedy's or nobody voted. */
  readonly endowment: Endowment | null;
  /** Where the rule asks for it. */
  readonly comparison: Comparison | null;
  /** One for each project: greedy's in the order of their turns, those of equal shares in the order of funding, then the others. */
  readonly explanations: readonly Explanation[];
}

/**
 * Decides an election by a rule, exactly. The same ballots in any order give the same outcome.
 * @throws AllocationError
 */
export function allocate(input: AllocationInput): Allocation {
  const rule = ruleOf(input);
  const election = indexElection(input);
  const everything = [...election.projects.keys()].toSorted(byPoints(election));
  const excluded = everything.flatMap((project): Verdict[] => {
    const exclusion = exclusionOf(election.projects[project]!, election, rule);
    return exclusion ? [{ project, ...exclusion }] : [];
  });
  const out = new Set(excluded.map(({ project }) => project));
  const candidates = everything.filter((project) => !out.has(project));
  const decided =
    rule.rule === 'greedy' || election.ballots === 0
      ? greedily(election, candidates)
      : byShares(election, candidates, rule);
  return allocationFrom(election, decided, [...decided.verdicts, ...excluded], input.ballotType === 'points');
}

interface Decided {
  readonly verdicts: readonly Verdict[];
  readonly endowment: Endowment | null;
  readonly comparison: Comparison | null;
}

function ruleOf({ rule }: AllocationInput): AllocationRule {
  const read = AllocationRuleShape.safeParse(rule);
  if (!read.success)
    throw new AllocationError('rule-invalid', read.error.issues.map(({ message }) => message).join('; '));
  return read.data;
}

function greedily(election: IndexedElection, candidates: readonly number[]): Decided {
  const turns = takeTurns(election, candidates, { budget: election.budget });
  return { verdicts: turns.map((turn) => verdictOf(turn, election)), endowment: null, comparison: null };
}

function byShares(election: IndexedElection, candidates: readonly number[], rule: EqualSharesRule): Decided {
  const shares = shareEqually(election, candidates, rule);
  const { funded, cost } = shares.run;
  const bought = new Set(funded);
  const rest = candidates.filter((one) => !bought.has(one));
  const turns =
    rule.completion === 'utilitarian' || rule.completion === 'add1u'
      ? takeTurns(election, rest, { budget: election.budget - cost, before: funded })
      : undefined;
  const decided: Decided = {
    verdicts: [
      ...funded.map((project): Verdict => {
        return { project, reason: 'funded-by-supporters', price: shares.run.paidFor(project) };
      }),
      ...(turns?.map((turn) => verdictOf(turn, election)) ?? leftOut(election, rest, shares)),
    ],
    endowment: shares.endowment,
    comparison: null,
  };
  return rule.comparison ? compared(election, candidates, decided) : decided;
}

function compared(election: IndexedElection, candidates: readonly number[], shares: Decided): Decided {
  const greedy = greedily(election, candidates);
  const comparison = compareOutcomes(election, fundedIn(shares), fundedIn(greedy));
  const stands = comparison.preferGreedy > comparison.preferEqualShares ? greedy : shares;
  return { ...stands, comparison };
}

function leftOut(election: IndexedElection, rest: readonly number[], { run }: SharesOutcome): Verdict[] {
  const { projects } = election;
  const taken = groupsTakenBy(election, run.funded);
  return rest.map((project): Verdict => {
    const { cost } = projects[project]!;
    const rival = rivalOf(election, project, taken);
    if (rival !== undefined) return { project, reason: 'conflict', conflictsWith: projects[rival]!.id };
    const available = run.moneyBehind(project);
    return { project, reason: 'supporters-short', available, shortfall: cost - available };
  });
}

function verdictOf(turn: GreedyTurn, { projects }: IndexedElection): Verdict {
  const { project } = turn;
  if (turn.reason === 'conflict')
    return { project, reason: 'conflict', conflictsWith: projects[turn.rival]!.id };
  const { reason, available } = turn;
  if (reason === 'funded') return { project, reason, available };
  return { project, reason, available, shortfall: projects[project]!.cost - available };
}

const isFunded = ({ reason }: Verdict): boolean => reason === 'funded' || reason === 'funded-by-supporters';
const fundedIn = ({ verdicts }: Decided): number[] => verdicts.filter(isFunded).map(({ project }) => project);

function allocationFrom(
  { projects }: IndexedElection,
  { endowment, comparison }: Decided,
  verdicts: readonly Verdict[],
  hasPoints: boolean,
): Allocation {
  const explanations = verdicts.map(({ project, ...why }): Explanation => {
    const { id, votes, points, cost } = projects[project]!;
    const funded = why.reason === 'funded' || why.reason === 'funded-by-supporters';
    return { projectId: id, votes, ...(hasPoints ? { points } : {}), cost, funded, ...why };
  });
  const selected = explanations.filter(({ funded }) => funded);
  return {
    selected: selected.map(({ projectId }) => projectId),
    cost: selected.reduce((sum, { cost }) => sum + cost, 0),
    endowment,
    comparison,
    explanations,
  };
}
