import type { Criterion, ObservationInput } from '@talkoot/api-contracts/projects';
import type { Offence } from '@talkoot/http-service';
import { BEFORE_WORK } from '../proposal/project.ts';
import type { ProjectDocument } from '../proposal/project.ts';

export interface ObservationDocument {
  _id: string;
  municipalityId: string;
  projectId: string;
  criterionId: string;
  collection: string;
  observedAt: string;
  value: string;
  unit: string;
  group: 'treated' | 'comparison';
  unitName: string | null;
  via: 'hand' | 'csv' | 'feed';
  recordedBy: string;
  corrects: string | null;
  correctedBy: string | null;
  at: string;
}

export type Reading = Omit<ObservationInput, 'corrects'>;
export type ReadingFlaw =
  | 'criterion-unknown'
  | 'collection-unknown'
  | 'wrong-unit'
  | 'group-unnamed'
  | 'no-comparison'
  | 'observed-ahead';

export const BASELINE = 'baseline';
/** Clocks of people and devices differ a little. */
const TOLERANCE_MS = 5 * 60_000;

/** Criteria that are measured: the accepted ones once they are locked, before that all that are proposed. */
export function measuredCriteria(project: Pick<ProjectDocument, 'content' | 'lock'>): readonly Criterion[] {
  return project.lock ? project.lock.criteria.filter(({ accepted }) => accepted) : project.content.criteria;
}

/** Names of the collections that a charter's durations make, in order. */
export const collectionNames = (durations: readonly string[]): string[] =>
  durations.map((_, index) => `c${index + 1}`);

/** What is wrong with a reading, if anything. */
export function flawOfReading(
  reading: Reading,
  given: { criteria: readonly Criterion[]; collections: readonly string[]; now: Date },
): ReadingFlaw | null {
  const criterion = given.criteria.find(({ criterionId }) => criterionId === reading.criterionId);
  if (!criterion) return 'criterion-unknown';
  if (reading.collection !== BASELINE && !given.collections.includes(reading.collection)) {
    return 'collection-unknown';
  }
  if (reading.unit !== criterion.unit) return 'wrong-unit';
  if (reading.group === 'comparison') {
    if (criterion.comparator !== 'comparison-units') return 'no-comparison';
    if (!reading.unitName) return 'group-unnamed';
  }
  const ahead = Date.parse(reading.observedAt) > given.now.getTime() + TOLERANCE_MS;
  return ahead ? 'observed-ahead' : null;
}

/** Phases in which a reading of a collection may be recorded: baselines before the work, the rest after it. */
export function phasesFor(collection: string): readonly string[] {
  return collection === BASELINE ? BEFORE_WORK : ['measurement', 'assessment'];
}

type Counted = Pick<ObservationDocument, 'criterionId' | 'collection' | 'group'>;

/** Criteria without a reading in a collection; with comparison units both sides are needed. */
export function missingIn(
  collection: string,
  criteria: readonly Criterion[],
  observations: readonly Counted[],
): string[] {
  const has = (criterionId: string, group: 'treated' | 'comparison') =>
    observations.some(
      (one) => one.criterionId === criterionId && one.collection === collection && one.group === group,
    );
  return criteria
    .filter(({ criterionId, comparator, baseline }) => {
      const stated = collection === BASELINE && baseline !== undefined;
      const treated = stated || has(criterionId, 'treated');
      return !treated || (comparator === 'comparison-units' && !has(criterionId, 'comparison'));
    })
    .map(({ criterionId }) => criterionId);
}

export const lineOffence = (line: number, message: string): Offence => ({ at: `line.${line}`, message });
