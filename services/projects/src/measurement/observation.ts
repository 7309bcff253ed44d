import type { Criterion, ObservationInput } from '@talkoot/api-contracts/projects';
import { dueAfter } from '@talkoot/charter-calendar';
import type { Calendar } from '@talkoot/charter-calendar';
import type { Offence } from '@talkoot/http-service';
import { periodNumber } from '@talkoot/impact/shapes';
import { BEFORE_WORK } from '../proposal/project.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { needsPeriods } from '../proposal/proposal.ts';

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
  period: string | null;
  /** What no other standing observation of the project is of. */
  readingKey: string;
  via: 'hand' | 'csv' | 'feed';
  recordedBy: string;
  corrects: string | null;
  correctedBy: string | null;
  /** The withdrawal by which it counts no more. */
  withdrawnBy: string | null;
  at: string;
}

export type Reading = Omit<ObservationInput, 'corrects'>;
export type ReadingFlaw =
  | 'criterion-unknown'
  | 'collection-unknown'
  | 'wrong-unit'
  | 'group-unnamed'
  | 'no-comparison'
  | 'period-mismatch'
  | 'observed-ahead'
  | 'outside-calendar';

export const BASELINE = 'baseline';
/** Clocks of people and devices differ a little. */
const TOLERANCE_MS = 5 * 60_000;

/** Criteria that are measured: the accepted ones once they are locked, before that all that are proposed. */
export function measuredCriteria(project: Pick<ProjectDocument, 'content' | 'lock'>): readonly Criterion[] {
  return project.lock ? project.lock.criteria.filter(({ accepted }) => accepted) : project.content.criteria;
}

/** The collections that a charter's durations make, in order. */
export const plannedCollections = (durations: readonly string[]) =>
  durations.map((after, index) => ({ name: `c${index + 1}`, after }));

/** A collection of the plan, and when its readings are observed; both ends are null before the measurement began. */
export interface CollectionWindow {
  readonly name: string;
  readonly from: string | null;
  /** Null for the last one: it has no end but that of the measurement. */
  readonly until: string | null;
}

/**
 * Readings of a collection are observed after the one before was due and before the one after it is: it may be late, but neither
 * years early nor a reading of another one's time. Collections that are due at one instant share their window.
 * @throws CalendarError as `dueAfter`
 */
export function collectionWindows(
  plan: readonly { readonly name: string; readonly after: string }[],
  startedAt: string | null,
  calendar: Calendar,
): CollectionWindow[] {
  if (startedAt === null) return plan.map(({ name }) => ({ name, from: null, until: null }));
  const due = plan.map(({ after }) => dueAfter(calendar, startedAt, after));
  const inOrder = due.toSorted();
  return plan.map(({ name }, at) => ({
    name,
    from: inOrder.findLast((other) => other < due[at]!) ?? startedAt,
    until: inOrder.find((other) => other > due[at]!) ?? null,
  }));
}

/** What a reading is checked against. */
export interface ReadingRules {
  readonly criteria: readonly Criterion[];
  readonly collections: readonly CollectionWindow[];
  /** When the measurement began; null before. */
  readonly startedAt: string | null;
  readonly now: Date;
}

/** What is wrong with a reading, if anything. */
export function flawOfReading(reading: Reading, rules: ReadingRules): ReadingFlaw | null {
  const criterion = rules.criteria.find(({ criterionId }) => criterionId === reading.criterionId);
  if (!criterion) return 'criterion-unknown';
  const window = rules.collections.find(({ name }) => name === reading.collection);
  if (reading.collection !== BASELINE && !window) return 'collection-unknown';
  if (reading.unit !== criterion.unit) return 'wrong-unit';
  if (reading.group === 'comparison') {
    if (!hasComparison(criterion)) return 'no-comparison';
    if (!reading.unitName) return 'group-unnamed';
  }
  const observed = Date.parse(reading.observedAt);
  if (observed > rules.now.getTime() + TOLERANCE_MS) return 'observed-ahead';
  if (window && !isWithin(observed, window)) return 'outside-calendar';
  return flawOfPeriod(reading, criterion, rules);
}

function isWithin(observed: number, { from, until }: CollectionWindow): boolean {
  if (from !== null && observed < Date.parse(from) - TOLERANCE_MS) return false;
  return until === null || observed <= Date.parse(until) + TOLERANCE_MS;
}

function flawOfPeriod(
  reading: Reading,
  criterion: Criterion,
  { startedAt }: ReadingRules,
): ReadingFlaw | null {
  const observed = Date.parse(reading.observedAt);
  const began = reading.collection === BASELINE ? null : startedAt;
  const { periods } = criterion;
  if (periods === undefined || !needsPeriods(criterion))
    return reading.period === undefined ? null : 'period-mismatch';
  const numberOf = (text: string) => periodNumber(periods, text.slice(0, lengths[periods]));
  const period = reading.period === undefined ? null : periodNumber(periods, reading.period);
  if (period === null) return 'period-mismatch';
  // Instants are in UTC; the place may be a day ahead or behind, so a day's tolerance.
  if (period > numberOf(new Date(observed + DAY_MS).toISOString())!) return 'observed-ahead';
  const first = began === null ? null : numberOf(new Date(Date.parse(began) - DAY_MS).toISOString());
  return first !== null && period < first ? 'outside-calendar' : null;
}

const DAY_MS = 86_400_000;
/** Characters of an instant that name its period. */
const lengths = { year: 4, month: 7, day: 10 } as const;

function hasComparison({ comparator }: Pick<Criterion, 'comparator'>): boolean {
  return comparator === 'comparison-units' || comparator === 'synthetic-control';
}

/**
 * What a reading is of: a collection, unit and instant; over time a period, of the one treated unit or of a comparison unit.
 */
export function readingKeyOf({
  criterionId,
  collection,
  group,
  unitName,
  period,
  observedAt,
}: Reading): string {
  if (period === undefined)
    return JSON.stringify([criterionId, group, unitName ?? null, collection, observedAt]);
  return JSON.stringify([criterionId, group, group === 'treated' ? null : unitName, period]);
}

/**
 * Phases in which a reading of a collection may be recorded: baselines before the work, the rest after it. What is wrong is corrected
 * until the project is assessed.
 */
export function phasesFor({
  collection,
  corrects,
}: Pick<ObservationDocument, 'collection' | 'corrects'>): readonly string[] {
  if (collection !== BASELINE) return AFTER_WORK;
  return corrects === null ? BEFORE_WORK : CORRECTABLE;
}
const AFTER_WORK = ['measurement', 'assessment'];
/** Phases in which what was recorded is put right. */
export const CORRECTABLE: readonly string[] = [...BEFORE_WORK, 'delivery', ...AFTER_WORK];

type Counted = Pick<ObservationDocument, 'criterionId' | 'collection' | 'group' | 'unitName' | 'period'>;

/** How many periods before the work, and comparison units, a comparator over time needs at least. */
const least = { periods: { 'interrupted-time-series': 3, 'synthetic-control': 2 }, comparison: 2 } as const;

/** Criteria without a reading in a collection; with comparison units both sides are needed. */
export function missingIn(
  collection: string,
  criteria: readonly Criterion[],
  observations: readonly Counted[],
): string[] {
  return criteria
    .filter((criterion) => {
      const own = observations.filter(
        (one) => one.criterionId === criterion.criterionId && one.collection === collection,
      );
      return collection === BASELINE && isOverTime(criterion)
        ? !hasPast(criterion.comparator, own)
        : !hasReadings(criterion, own, collection === BASELINE && criterion.baseline !== undefined);
    })
    .map(({ criterionId }) => criterionId);
}

type OverTime = Criterion & { comparator: keyof (typeof least)['periods'] };
const isOverTime = (criterion: Criterion): criterion is OverTime => needsPeriods(criterion);

function hasReadings(criterion: Criterion, own: readonly Counted[], stated: boolean): boolean {
  const has = (group: Counted['group']) => own.some((one) => one.group === group);
  return (stated || has('treated')) && (!hasComparison(criterion) || has('comparison'));
}

/** A stated baseline is one number; over time there must be readings of enough periods, and of enough units. */
function hasPast(comparator: OverTime['comparator'], readings: readonly Counted[]): boolean {
  const periodsOf = (many: readonly Counted[]) => new Set(many.map(({ period }) => period));
  const periods = periodsOf(readings.filter(({ group }) => group === 'treated'));
  if (periods.size < least.periods[comparator]) return false;
  if (comparator === 'interrupted-time-series') return true;
  const units = Map.groupBy(
    readings.filter(({ group }) => group === 'comparison'),
    ({ unitName }) => unitName,
  );
  const complete = [...units.values()].filter((unit) => {
    const own = periodsOf(unit);
    return [...periods].every((period) => own.has(period));
  });
  return complete.length >= least.comparison;
}

export const lineOffence = (line: number, message: string): Offence => ({ at: `line.${line}`, message });
