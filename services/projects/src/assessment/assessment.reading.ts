import type { AssessmentDraft } from '@talkoot/api-contracts/projects';
import { DomainError, sha256Of } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import type { Parts } from '../parts.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { correcting } from './assessment.ts';
import type { Standing } from './estimates.ts';

/** The draft as the record gives it now. @throws DomainError `criteria-not-locked`, `drafting-busy` */
export async function draftOf(
  { stores, drafting }: Pick<Parts, 'stores' | 'drafting'>,
  project: ProjectDocument,
): Promise<AssessmentDraft> {
  const { _id: projectId, lock, observations: recorded, reopened } = project;
  if (!lock) throw new DomainError('criteria-not-locked');
  const effects = await pointedEffects(stores, projectId);
  const plan = await stores.measurements.measurementOf(projectId);
  const collections = plan?.collections.map(({ name }) => name) ?? [];
  // Every recording counts up, a correction too: what is read later is at least as new.
  const record = sha256Of({ projectId, lock: lock.sha256, recorded, effects, collections });
  const draft = await drafting.draft(record, async () => {
    const standing = await stores.measurements.standing(projectId);
    const observations = standing.map(standingOf);
    return { projectId, lock, observations, sideEffects: effects, collections };
  });
  if (!reopened) return draft;
  const { signedAt: _, ...corrects } = reopened;
  return correcting(draft, corrects);
}

/** The side effects on which somebody proposed points, as an assessment names them. */
export async function pointedEffects(
  { measurements }: Pick<Parts['stores'], 'measurements'>,
  projectId: string,
  session?: ClientSession,
): Promise<AssessmentDraft['sideEffects']> {
  const pointed = await measurements.pointedSideEffects(projectId, session);
  return pointed.map(({ _id, title, direction, points }) => ({
    sideEffectId: _id,
    title,
    direction,
    points: points!,
  }));
}

const standingOf = ({ criterionId, collection, value, group, unitName, period }: Standing): Standing => ({
  criterionId,
  collection,
  value,
  group,
  unitName,
  period,
});
