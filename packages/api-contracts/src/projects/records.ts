import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import {
  FractionShape,
  IdShape,
  InstantShape,
  MunicipalityParams,
  ReasonShape,
  Sha256Shape,
  TextRefShape,
} from '../shapes.ts';
import { RecordCriterionShape } from './charter.ts';
import { PilotParams } from './pilots.ts';

const Figure = FractionShape.meta({
  description: 'Stars, a share of weeks, a share of assigned hours, or a number of skills: exact',
});

/** One entry of a performance record, as the charter weighs it. */
export const RecordEntryShape = z
  .object({
    criterion: RecordCriterionShape,
    weight: FractionShape,
    full: FractionShape,
    /** From the evidence; it stays when it is corrected. */
    recorded: Figure.nullable(),
    /** What counts. */
    figure: Figure.nullable(),
    points: FractionShape.nullable(),
    /** `too-few-raters`: stars are not shown, as the raters could be told apart. */
    why: z.enum(['too-few-raters', 'nothing-yet']).nullable(),
    contest: z.enum(['none', 'open', 'dismissed', 'upheld']),
  })
  .meta({ id: 'RecordEntry' });

/** A contest of one entry. Who decided is not told. */
export const RecordContestShape = z
  .object({
    contestId: IdShape,
    pilotId: IdShape,
    personId: IdShape,
    criterion: RecordCriterionShape,
    /** The figure that counted when it was contested. */
    contested: Figure,
    reason: TextRefShape,
    openedAt: InstantShape,
    /** By the charter's calendar. */
    dueAt: InstantShape,
    overdue: z.boolean(),
    decision: z
      .object({
        upheld: z.boolean(),
        figure: Figure.nullable(),
        reason: TextRefShape,
        at: InstantShape,
      })
      .nullable(),
  })
  .meta({ id: 'RecordContest' });

/** The same with what was written: for the person, the appeal body and hr. */
export const RecordContestFileShape = RecordContestShape.extend({
  reasonText: z.string(),
  decisionText: z.string().nullable(),
  /** How the contested figure came about. */
  computation: z.array(z.string()),
}).meta({ id: 'RecordContestFile' });

/** What one civil servant did in the projects of a pilot, against the criteria of its charter. */
export const PerformanceRecordShape = z
  .object({
    personId: IdShape,
    pilotId: IdShape,
    charterSha256: Sha256Shape,
    minimumRaters: z.int(),
    projects: z.array(
      z.object({
        projectId: IdShape,
        title: z.string(),
        phase: z.string(),
        lead: z.boolean(),
        assignedHours: z.int(),
        /** When others took over; null while the person is assigned. */
        until: InstantShape.nullable(),
      }),
    ),
    entries: z.array(RecordEntryShape),
    /** From 0 to 1; null while an entry is missing. */
    score: FractionShape.nullable(),
    computation: z.array(z.string()),
    contests: z.array(RecordContestShape),
    /** Null before the pilot is evaluated: figures still change. */
    contestUntil: InstantShape.nullable(),
  })
  .meta({ id: 'PerformanceRecord' });
export type PerformanceRecord = z.infer<typeof PerformanceRecordShape>;

/** One record as the personnel system takes it. */
export const RecordExportShape = z
  .object({
    /** From identity; null where the person has none here. */
    personnelNumber: z.string().nullable(),
    personId: IdShape,
    pilotId: IdShape,
    charterSha256: Sha256Shape,
    entries: z.array(RecordEntryShape),
    score: FractionShape.nullable(),
    /** True while a contest is open: the figures may still change. */
    contested: z.boolean(),
  })
  .meta({ id: 'RecordExport' });
export type RecordExport = z.infer<typeof RecordExportShape>;

const ContestParams = MunicipalityParams.extend({ contestId: IdShape });
const hr = { roles: ['hr'] } as const;

export const recordRoutes = {
  getMyRecord: route('GET /v1/m/{municipalityId}/me/pilots/{pilotId}/record', {
    summary: 'My performance record in this pilot, line by line',
    access: { signedIn: true },
    params: PilotParams,
    answer: PerformanceRecordShape,
    problems: ['record-missing'],
  }),
  getRecord: route('GET /v1/m/{municipalityId}/pilots/{pilotId}/records/{personId}', {
    summary: 'The performance record of a civil servant, for hr, once the pilot is evaluated',
    access: hr,
    params: PilotParams.extend({ personId: IdShape }),
    answer: PerformanceRecordShape,
    problems: ['record-missing', 'record-early'],
  }),
  exportRecords: route('GET /v1/m/{municipalityId}/pilots/{pilotId}/records', {
    summary:
      'Performance records of a pilot for the personnel system, by person, once the pilot is evaluated',
    access: hr,
    params: PilotParams,
    query: PageQueryShape,
    answer: pageOf(RecordExportShape),
    problems: ['record-early'],
  }),
  exportRecordsCsv: route('GET /v1/m/{municipalityId}/pilots/{pilotId}/records.csv', {
    summary:
      'The same as CSV, a row for each entry, figures with six decimals; at most 200 people, the rest by `after` a person',
    access: hr,
    params: PilotParams,
    query: z.object({ after: IdShape.optional() }),
    answer: z.string(),
    answerType: 'text/csv',
    problems: ['record-early'],
  }),
  contestRecord: route('POST /v1/m/{municipalityId}/me/pilots/{pilotId}/record/contests', {
    summary: 'Contest one entry of my record, once; the reason is read by the appeal body and hr alone',
    access: { signedIn: true },
    params: PilotParams,
    body: z.object({ criterion: RecordCriterionShape, reason: ReasonShape }),
    answer: RecordContestShape,
    problems: [
      'record-missing',
      'not-weighed',
      'nothing-to-contest',
      'contest-early',
      'contest-late',
      'already-contested',
    ],
  }),
  listContests: route('GET /v1/m/{municipalityId}/record-contests', {
    summary: 'Contests that await a decision, oldest first',
    access: { roles: ['appeal-body', 'hr'] },
    params: MunicipalityParams,
    query: PageQueryShape,
    answer: pageOf(RecordContestShape),
  }),
  getContest: route('GET /v1/m/{municipalityId}/record-contests/{contestId}', {
    summary: 'A contest with what was written, for the person, the appeal body and hr',
    access: { signedIn: true },
    params: ContestParams,
    answer: RecordContestFileShape,
  }),
  decideContest: route('POST /v1/m/{municipalityId}/record-contests/{contestId}/decision', {
    summary:
      'Decide a contest. Upheld: the figure named counts from now on, beside the recorded one. Not by who rated or assigned the person',
    access: { roles: ['appeal-body'] },
    params: ContestParams,
    body: z.object({ upheld: z.boolean(), figure: FractionShape.optional(), reason: ReasonShape }),
    answer: RecordContestShape,
    problems: ['already-decided', 'decider-concerned', 'figure-missing', 'figure-out-of-range'],
  }),
};
