import type { PerformanceRecord, RecordExport } from '@talkoot/api-contracts/projects';
import { csvOf } from '@talkoot/http-service';
import { decideRecord, decimalShown, lineText } from '@talkoot/impact';
import type { RecordDecision } from '@talkoot/impact';
import type { PilotDocument } from '../pilot/pilot.store.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { assignmentsOf, everAssigned } from '../staffing/assignment.ts';
import { contestView } from './contest.ts';
import type { Contest } from './contest.ts';
import { evidenceOf } from './evidence.ts';
import type { Deliveries } from './evidence.ts';

/** Everything of a pilot from which performance records are made. */
export interface PilotWork extends Deliveries {
  readonly pilot: Pick<PilotDocument, '_id' | 'charter' | 'charterSha256' | 'evaluatingSince'>;
  readonly projects: readonly ProjectDocument[];
  readonly contests: readonly Contest[];
  readonly now: Date;
}

type Entries = PerformanceRecord['entries'];

/** What a person's work comes to by the charter, with the corrections of upheld contests beside what was recorded. */
export function weighed(
  personId: string,
  work: PilotWork,
): Omit<RecordDecision, 'entries'> & { readonly entries: Entries } {
  const own = work.contests.filter((one) => one.personId === personId);
  const corrections = own.flatMap(({ _id, criterion, decision }) =>
    decision?.figure ? [{ criterion, figure: decision.figure, contestId: _id }] : [],
  );
  const rules = work.pilot.charter.performance;
  const decided = decideRecord({ rules, evidence: evidenceOf(personId, work, work.now), corrections });
  const entries = decided.entries.map((entry) => ({
    ...entry,
    contest: stateOf(own.find(({ criterion }) => criterion === entry.criterion)),
  }));
  return { ...decided, entries };
}

function stateOf(contest: Contest | undefined): Entries[number]['contest'] {
  if (!contest) return 'none';
  if (!contest.decision) return 'open';
  return contest.decision.upheld ? 'upheld' : 'dismissed';
}

/** The record as the person reads it. */
export function recordView(
  personId: string,
  work: PilotWork,
  contestUntil: string | null,
): PerformanceRecord {
  const { entries, score, computation } = weighed(personId, work);
  const { pilot, contests, now } = work;
  return {
    personId,
    pilotId: pilot._id,
    charterSha256: pilot.charterSha256,
    minimumRaters: pilot.charter.performance.minimumRaters,
    projects: work.projects.flatMap((project) => assignmentOf(personId, project)),
    entries,
    score,
    computation: [`charter: ${pilot.charterSha256}`, ...computation.map(lineText)],
    contests: contests.filter((one) => one.personId === personId).map((one) => contestView(one, now)),
    contestUntil,
  };
}

function assignmentOf(personId: string, project: ProjectDocument): PerformanceRecord['projects'] {
  const times = assignmentsOf(project, personId);
  const latest = times.at(-1);
  if (!latest) return [];
  const { _id: projectId, content, phase, staff } = project;
  const assignedHours = times.reduce((sum, { hours }) => sum + hours, 0);
  const lead = staff?.lead === personId;
  return [{ projectId, title: content.title, phase, lead, assignedHours, until: latest.until }];
}

/** The record as the personnel system takes it. */
export function recordExport(
  personId: string,
  work: PilotWork,
  personnelNumber: string | null,
): RecordExport {
  const { entries, score } = weighed(personId, work);
  const { _id: pilotId, charterSha256 } = work.pilot;
  const contested = entries.some(({ contest }) => contest === 'open');
  return { personnelNumber, personId, pilotId, charterSha256, entries, score, contested };
}

/** Everybody who is or was assigned in the pilot, in the order of their ids. */
export function peopleIn(projects: readonly Pick<ProjectDocument, 'staff'>[]): string[] {
  return [...new Set(projects.flatMap(everAssigned))].sort();
}

const columns = [
  'personnel_number',
  'person',
  'pilot',
  'charter',
  'criterion',
  'weight',
  'full',
  'recorded',
  'figure',
  'points',
  'missing',
  'contest',
  'score',
] as const;

/** A row for each entry. Decimals, as some sheets take `9/2` for a day. */
export function recordsCsv(records: readonly RecordExport[]): string {
  const number = (exact: string | null) => (exact === null ? null : decimalShown(exact));
  const rows = records.flatMap((record) =>
    record.entries.map((entry) => ({
      personnel_number: record.personnelNumber,
      person: record.personId,
      pilot: record.pilotId,
      charter: record.charterSha256,
      criterion: entry.criterion,
      weight: number(entry.weight),
      full: number(entry.full),
      recorded: number(entry.recorded),
      figure: number(entry.figure),
      points: number(entry.points),
      missing: entry.why,
      contest: entry.contest,
      score: number(record.score),
    })),
  );
  return csvOf(columns, rows);
}
