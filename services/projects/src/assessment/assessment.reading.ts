import type { AssessmentDraft } from '@talkoot/api-contracts/projects';
import { DomainError, sha256Of } from '@talkoot/http-service';
import type { Parts } from '../parts.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { draftAssessment } from './assessment.ts';
import type { Effect } from './assessment.ts';
import type { Standing } from './estimates.ts';

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
  const plan = await stores.measurements.measurementOf(project._id);
  const collections = plan?.collections.map(({ name }) => name) ?? [];
  return remembered(project._id, project.lock, observations.map(standingOf), listed, collections);
}

const standingOf = ({ criterionId, collection, value, group, unitName, period }: Standing): Standing => ({
  criterionId,
  collection,
  value,
  group,
  unitName,
  period,
});

/** Anybody may ask for a draft, and large panels take a second: what follows from the same record is computed once. */
const MOST_REMEMBERED = 50;
const drafts = new Map<string, AssessmentDraft>();

function remembered(
  projectId: string,
  lock: NonNullable<ProjectDocument['lock']>,
  observations: readonly Standing[],
  effects: readonly Effect[],
  collections: readonly string[],
): AssessmentDraft {
  const key = sha256Of({ projectId, lock: lock.sha256, observations, effects, collections });
  const draft = drafts.get(key) ?? draftAssessment(projectId, lock, observations, effects, collections);
  // The one asked for last is forgotten last.
  drafts.delete(key);
  drafts.set(key, draft);
  for (const oldest of drafts.keys()) {
    if (drafts.size <= MOST_REMEMBERED) break;
    drafts.delete(oldest);
  }
  return draft;
}
