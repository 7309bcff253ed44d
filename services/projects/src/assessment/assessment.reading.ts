import type { AssessmentDraft } from '@talkoot/api-contracts/projects';
import { DomainError } from '@talkoot/http-service';
import type { Parts } from '../parts.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { draftAssessment } from './assessment.ts';

/** The draft as the record gives it now. @throws DomainError `criteria-not-locked` */
export async function draftOf({ stores }: Parts, project: ProjectDocument): Promise<AssessmentDraft> {
  if (!project.lock) throw new DomainError('criteria-not-locked');
  const observations = await stores.measurements.standing(project._id);
  const effects = await stores.measurements.pointedSideEffects(project._id);
  const listed = effects.map(({ _id, title, direction, points }) => ({
    sideEffectId: _id,
    title,
    direction,
    points: points!,
  }));
  return draftAssessment(project._id, project.lock, observations, listed);
}
