import { z } from 'zod';

/** Which projects can be funded at all. The number of counted ballots stays what it is. */
const filters = {
  /** Fewer votes: out. */
  minimumVotes: z.int().min(0).optional(),
  /** k: a project is out if votes / ballots < cost / (k × budget). */
  costThreshold: z.int().min(1).optional(),
  /** Funding one project of a group removes the others. */
  conflicts: z.array(z.array(z.string()).min(2)).optional(),
};

/** Most votes (points) first; what does not fit is skipped. */
const GreedyRuleShape = z.strictObject({ rule: z.literal('greedy'), ...filters });

/** Method of equal shares (arXiv:2008.13276) with satisfaction = cost, for points = points × cost. */
const EqualSharesRuleShape = z.strictObject({
  rule: z.literal('equal-shares'),
  /**
   * What happens with money that is left.
   * - `none`: nothing
   * - `utilitarian`: the greedy rule spends it
   * - `add1`: everybody's endowment grows by one increment until the outcome costs more than the budget; the one before stands
   * - `add1u`: the same, then the greedy rule
   */
  completion: z.enum(['none', 'utilitarian', 'add1', 'add1u']),
  /** Of `add1` and `add1u`, in the unit of the costs. */
  increment: z.int().min(1),
  /** `add1` and `add1u` also stop as soon as no supported project that is left fits into the budget. */
  exhaustiveStop: z.boolean(),
  /** Greedy's outcome stands if strictly more voters have more of their projects in it. */
  comparison: z.boolean(),
  ...filters,
});

/** A rule with all its parameters, as data: a charter or a manifest can hold it. */
export const AllocationRuleShape = z.discriminatedUnion('rule', [GreedyRuleShape, EqualSharesRuleShape]);
export type AllocationRule = z.infer<typeof AllocationRuleShape>;
export type EqualSharesRule = z.infer<typeof EqualSharesRuleShape>;
