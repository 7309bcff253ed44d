import { DomainError } from '@talkoot/http-service';
import type { Team } from '../context.ts';

/**
 * Those who run a project now spend for it: its assigned civil servants and champions. Volunteers do not, nor does who left,
 * though they still share in the bonus.
 * @throws DomainError `not-on-team`
 */
export function requireSpender(personId: string, team: Team): void {
  const worksAs = team.members.find((member) => member.personId === personId)?.worksAs ?? null;
  const runs = worksAs !== null && worksAs !== 'volunteers';
  if (!runs) throw new DomainError('not-on-team');
}

/** @throws DomainError `same-person-twice`: nobody accepts or refuses what they recorded themselves. */
export function requireOtherPerson(recordedBy: string, personId: string): void {
  if (recordedBy === personId) throw new DomainError('same-person-twice');
}
