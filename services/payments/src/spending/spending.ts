import { DomainError } from '@talkoot/http-service';
import type { Role } from '@talkoot/api-contracts';
import type { Team } from '../context.ts';

/**
 * Spending is recorded by those who run the project, its assigned civil servants and champions, or by a finance clerk.
 * @throws DomainError `not-on-team`
 */
export function requireSpender(personId: string, rolesHere: readonly Role[], team: Team): void {
  if (rolesHere.includes('finance-clerk')) return;
  const runs = team.members.some((member) => member.personId === personId && member.pot !== 'volunteers');
  if (!runs) throw new DomainError('not-on-team');
}

/** @throws DomainError `same-person-twice`: nobody accepts or refuses what they recorded themselves. */
export function requireOtherPerson(recordedBy: string, personId: string): void {
  if (recordedBy === personId) throw new DomainError('same-person-twice');
}
