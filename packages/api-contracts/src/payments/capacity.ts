import type { Role } from '../roles.ts';

/** Roles that see individual obligations, batches and suspense. Everybody else sees sums by role. */
export const moneyReaders = [
  'finance-clerk',
  'payout-approver',
  'payout-releaser',
  'auditor',
  'budget-authority',
] as const satisfies Role[];

/** Whether somebody with these roles in a municipality is among them. */
export const readsMoney = (roles: readonly Role[]): boolean =>
  roles.some((role) => (moneyReaders as readonly Role[]).includes(role));
