import type { Role } from '@talkoot/api-contracts';
import { DomainError } from '@talkoot/http-service';

/**
 * Whether an operator may change this person's role.
 * @throws DomainError `own-grant`, `role-not-grantable`
 */
export function checkGrant(operatorId: string, personId: string, role: Role): void {
  if (operatorId === personId) throw new DomainError('own-grant');
  if (role === 'resident') throw new DomainError('role-not-grantable');
}

/** An operator anywhere, who may therefore add a municipality. */
export function isOperator(grants: Readonly<Record<string, readonly Role[]>>): boolean {
  return Object.values(grants).some((roles) => roles.includes('operator'));
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name }).format();
    return true;
  } catch {
    return false;
  }
}
