import { DomainError } from '@talkoot/http-service';
import type { Parts } from '../parts.ts';
import { isOnTeam } from '../proposal/project.ts';
import type { ProjectDocument } from '../proposal/project.ts';

type OnTeam = 'team-member-measures' | 'assessor-on-team';

/**
 * Somebody who neither is on the team of a project nor assigned it.
 * @throws DomainError `onTeam`, `interested-party`
 */
export function requireOutsider(project: ProjectDocument, personId: string, onTeam: OnTeam): void {
  if (isOnTeam(project, personId)) throw new DomainError(onTeam);
  if (project.staff?.assignedBy.includes(personId)) throw new DomainError('interested-party');
}

/**
 * Somebody who may measure or assess a project: an outsider whom nobody pays for it.
 * @throws DomainError `onTeam`, `interested-party`
 */
export async function requireDisinterested(
  { neighbours }: Pick<Parts, 'neighbours'>,
  project: ProjectDocument,
  personId: string,
  onTeam: OnTeam,
): Promise<void> {
  requireOutsider(project, personId, onTeam);
  const { personIds } = await neighbours.payments.listInterested({ params: { projectId: project._id } });
  if (personIds.includes(personId)) throw new DomainError('interested-party');
}
