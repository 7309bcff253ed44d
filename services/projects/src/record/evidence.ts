import type { RecordEvidence } from '@talkoot/impact';
import type { HoursDocument, RatingDocument, SkillDocument } from '../delivery/delivery.store.ts';
import type { ProjectDocument } from '../proposal/project.ts';

/** What a pilot's delivery left of everybody's work: hours and skills confirmed ones only. */
export interface Deliveries {
  readonly projects: readonly Pick<ProjectDocument, '_id' | 'phase' | 'phases' | 'staff'>[];
  readonly hours: readonly Pick<HoursDocument, 'projectId' | 'personId' | 'date' | 'minutes'>[];
  readonly skills: readonly Pick<SkillDocument, 'projectId' | 'teacher' | 'learner'>[];
  readonly ratings: readonly Pick<RatingDocument, 'projectId' | 'rater' | 'rated' | 'stars'>[];
}

/** While a project is in one of these, its team may still be rated. */
const RATING = ['staffing', 'delivery', 'measurement'];

/** What one civil servant did, in the projects of a pilot to which they are assigned. */
export function evidenceOf(personId: string, of: Deliveries, now: Date): RecordEvidence {
  const own = of.projects.flatMap((project) => {
    const assigned = project.staff?.civilServants.find((one) => one.personId === personId);
    return assigned ? [{ project, hours: assigned.hours }] : [];
  });
  const ids = new Set(own.map(({ project }) => project._id));
  const closed = new Set(own.flatMap(({ project }) => (RATING.includes(project.phase) ? [] : [project._id])));
  const hours = of.hours.filter((one) => one.personId === personId && ids.has(one.projectId));
  const skills = of.skills.filter((one) => ids.has(one.projectId));
  const weeks = own.map(({ project }) => weeksOf(project, hours, now));
  return {
    ratings: of.ratings
      .filter((one) => one.rated === personId && closed.has(one.projectId))
      .map(({ projectId, rater, stars }) => ({ projectId, rater, stars })),
    weeks: { worked: sum(weeks.map(({ worked }) => worked)), all: sum(weeks.map(({ all }) => all)) },
    confirmedMinutes: sum(hours.map(({ minutes }) => minutes)),
    assignedHours: sum(own.map((one) => one.hours)),
    taught: skills.filter(({ teacher }) => teacher === personId).length,
    learned: skills.filter(({ learner }) => learner === personId).length,
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

/** Calendar weeks that delivery touched, and those of them with confirmed work. */
function weeksOf(project: Deliveries['projects'][number], hours: Deliveries['hours'], now: Date) {
  const begun = project.phases.find(({ phase }) => phase === 'delivery');
  if (!begun) return { worked: 0, all: 0 };
  const over = project.phases.slice(project.phases.indexOf(begun) + 1)[0];
  const [first, last] = [weekOf(begun.at), weekOf(over?.at ?? now.toISOString())];
  const worked = hours
    .filter((one) => one.projectId === project._id)
    .map(({ date }) => weekOf(date))
    .filter((week) => week >= first && week <= last);
  return { worked: new Set(worked).size, all: last - first + 1 };
}

const DAY = 86_400_000;
/** Weeks begin on Monday; the first day of 1970 was a Thursday. */
const weekOf = (instant: string): number => Math.floor((Math.floor(Date.parse(instant) / DAY) + 3) / 7);
