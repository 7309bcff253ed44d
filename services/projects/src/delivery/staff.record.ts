import type { StaffRecord } from '@talkoot/api-contracts/projects';
import { formatFraction, fraction } from '../number/fraction.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import type { HoursDocument, RatingDocument, SkillDocument } from './delivery.store.ts';

export interface StaffEvidence {
  readonly projects: readonly ProjectDocument[];
  /** Confirmed ones only. */
  readonly hours: readonly HoursDocument[];
  readonly skills: readonly SkillDocument[];
  readonly ratings: readonly RatingDocument[];
}

/** What one civil servant did, against the performance criteria. The average is exact. */
export function staffRecordOf(personId: string, evidence: StaffEvidence): StaffRecord {
  const stars = evidence.ratings.filter(({ rated }) => rated === personId).map((one) => one.stars);
  const sum = stars.reduce((a, b) => a + b, 0);
  return {
    personId,
    projects: evidence.projects.flatMap((project) => assignmentOf(personId, project)),
    confirmedMinutes: evidence.hours
      .filter((one) => one.personId === personId)
      .reduce((minutes, one) => minutes + one.minutes, 0),
    ratings: {
      count: stars.length,
      average: stars.length > 0 ? formatFraction(fraction(BigInt(sum), BigInt(stars.length))) : null,
    },
    skillsTaught: evidence.skills.filter(({ teacher }) => teacher === personId).length,
    skillsLearned: evidence.skills.filter(({ learner }) => learner === personId).length,
  };
}

function assignmentOf(personId: string, project: ProjectDocument): StaffRecord['projects'] {
  const assigned = project.staff?.civilServants.find((one) => one.personId === personId);
  if (!assigned) return [];
  const lead = project.staff?.lead === personId;
  const { _id, content, phase } = project;
  return [{ projectId: _id, title: content.title, phase, lead, assignedHours: assigned.hours }];
}

const columns = [
  'person',
  'projects',
  'assigned_hours',
  'confirmed_minutes',
  'ratings',
  'average_rating',
  'skills_taught',
  'skills_learned',
];

/** Staff records for the personnel system: ids and numbers only, so nothing needs quoting. */
export function staffCsv(records: readonly StaffRecord[]): string {
  const lines = records.map((one) => [
    one.personId,
    one.projects.length,
    one.projects.reduce((hours, project) => hours + project.assignedHours, 0),
    one.confirmedMinutes,
    one.ratings.count,
    one.ratings.average ?? '',
    one.skillsTaught,
    one.skillsLearned,
  ]);
  return [columns, ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}
