import type { Role } from '../roles.ts';

/** Roles that see individual obligations, batches and suspense. Everybody else sees sums by role. */
export const moneyReaders = [
  'finance-clerk',
  'payout-approver',
  'payout-releaser',
  'auditor',
  'budget-authority',
] as const satisfies Role[];
