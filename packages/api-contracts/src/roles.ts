import { z } from 'zod';

/** The roles of a person within one municipality. A grant is always (person, municipality, role). */
export const roles = [
  'resident',
  'civil-servant',
  'department-manager',
  'sponsor',
  'budget-authority',
  'assessor',
  'auditor',
  'finance-clerk',
  'payout-approver',
  'payout-releaser',
  'payroll',
  'hr',
  'investor',
  'contractor',
  'operator',
  'moderator',
  'appeal-body',
  'poll-officer',
  'desk-clerk',
  'trustee',
  'registrar',
] as const;

export const RoleShape = z.enum(roles).meta({ id: 'Role' });
/** One role a person may hold in a municipality. `champion` and `lead` are relations to a project, not roles. */
export type Role = (typeof roles)[number];

/** The processes that may call each other with a service token. */
export const serviceNames = [
  'identity',
  'auditor',
  'witness',
  'ballots',
  'projects',
  'payments',
  'worker',
  'cli',
] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Role grants by municipality, as carried in a session token. */
export const GrantsShape = z.record(z.string(), z.array(RoleShape));
export type Grants = z.infer<typeof GrantsShape>;
