import { DomainError } from '@talkoot/http-service';
import type { ProjectDocument } from '../proposal/project.ts';

/** @throws DomainError `champion-endorses`, `wrong-phase` */
export function requireEndorsable(project: ProjectDocument, personId: string): void {
  if ([project.champion, ...project.coChampions].includes(personId))
    throw new DomainError('champion-endorses');
  const open = project.phase === 'new' || project.phase === 'proposed';
  if (!open || project.ideasClosed) throw new DomainError('wrong-phase', 'Endorsement is over');
}

/** Whether this endorsement is the one that reaches the threshold. Counting is serialised, so it is one for ever. */
export function reachesThreshold(
  after: Pick<ProjectDocument, 'endorsements' | 'threshold' | 'thresholdReached'>,
) {
  return !after.thresholdReached && after.endorsements >= after.threshold;
}
