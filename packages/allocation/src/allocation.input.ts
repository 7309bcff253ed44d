export interface AllocationInput {
  /** Zero or more, in the same integer unit as the costs. */
  readonly budget: number;
  /** Costs above zero. */
  readonly projects: readonly { readonly id: string; readonly cost: number }[];
  /** The approved ids of each counted ballot; an empty list is a blank ballot, which counts too. */
  readonly ballots: readonly (readonly string[])[];
  /** All project ids in the order drawn by lot; without it, ids in string order. */
  readonly lot?: readonly string[];
}
