import { isBeingSigned } from '../assessment/signing.hold.ts';
import type { ProjectDocument } from '../proposal/project.ts';

type Assessed = Pick<ProjectDocument, 'assessmentId' | 'reopened' | 'signing'>;

/**
 * What is signed rests on the readings that stood: they are withdrawn before, or while the assessment is made again after an
 * upheld objection or appeal. Null where they may be.
 */
export function withdrawalFlaw(project: Assessed, now: Date): 'already-assessed' | 'being-signed' | null {
  if (project.assessmentId !== null && project.reopened === null) return 'already-assessed';
  return isBeingSigned(project, now) ? 'being-signed' : null;
}

/**
 * Collections of which there would be too many readings.
 * @param delivered how many there are of each
 * @param fresh the collection of each reading to add
 */
export function overfull(
  delivered: ReadonlyMap<string, number>,
  fresh: readonly string[],
  most: number,
): string[] {
  const added = Map.groupBy(fresh, (collection) => collection);
  return [...added]
    .filter(([collection, { length }]) => (delivered.get(collection) ?? 0) + length > most)
    .map(([collection]) => collection);
}
