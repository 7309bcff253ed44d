import { DomainError } from '@talkoot/http-service';
import type { Team } from '../context.ts';

/**
 * Those who run a project spend for it: its assigned civil servants and champions. Volunteers do not.
 * @throws DomainError `not-on-team`
 */
export function requireSpender(personId: string, team: Team): void {
  const runs = team.members.some((member) => member.personId === personId && member.pot !== 'volunteers');
  if (!runs) throw new DomainError('not-on-team');
}

/** @throws DomainError `same-person-twice`: nobody accepts or refuses what they recorded themselves. */
export function requireOtherPerson(recordedBy: string, personId: string): void {
  if (recordedBy === personId) throw new DomainError('same-person-twice');
}
