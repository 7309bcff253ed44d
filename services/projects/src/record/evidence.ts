import type { RecordEvidence } from '@talkoot/impact';
import type { HoursDocument, RatingDocument, SkillDocument } from '../delivery/delivery.store.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { assignmentsOf } from '../staffing/assignment.ts';
import type { AssignedTime } from '../staffing/assignment.ts';

/** What a pilot's delivery left of everybody's work: hours and skills confirmed ones only. */
export interface Deliveries {
  readonly projects: readonly Pick<ProjectDocument, '_id' | 'phase' | 'phases' | 'staff'>[];
  readonly hours: readonly Pick<HoursDocument, 'projectId' | 'personId' | 'date' | 'minutes'>[];
  readonly skills: readonly Pick<SkillDocument, 'projectId' | 'teacher' | 'learner'>[];
  readonly ratings: readonly Pick<RatingDocument, 'projectId' | 'rater' | 'rated' | 'stars'>[];
}

/** While a project is in one of these, its team may still be rated. */
const RATING = ['staffing', 'delivery', 'measurement'];

/** What one civil servant did, in the projects of a pilot to which they are or were assigned. */
export function evidenceOf(personId: string, of: Deliveries, now: Date): RecordEvidence {
  const own = of.projects.filter((project) => assignmentsOf(project, personId).length > 0);
  const ids = new Set(own.map(({ _id }) => _id));
  const closed = new Set(own.filter(({ phase }) => !RATING.includes(phase)).map(({ _id }) => _id));
  const hours = of.hours.filter((one) => one.personId === personId && ids.has(one.projectId));
  const skills = of.skills.filter((one) => ids.has(one.projectId));
  const parts = own.map((project) => partOf(project, personId, hours, now));
  return {
    ratings: of.ratings
      .filter((one) => one.rated === personId && closed.has(one.projectId))
      .map(({ projectId, rater, stars }) => ({ projectId, rater, stars })),
    weeks: { worked: sum(parts.map(({ worked }) => worked)), all: sum(parts.map(({ weeks }) => weeks)) },
    confirmedMinutes: sum(hours.map(({ minutes }) => minutes)),
    assignedHours: sum(parts.map((one) => one.hours)),
    taught: skills.filter(({ teacher }) => teacher === personId).length,
    learned: skills.filter(({ learner }) => learner === personId).length,
  };
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

/** The first and the last of some calendar weeks. */
interface Span {
  readonly first: number;
  readonly last: number;
}
type Project = Deliveries['projects'][number];

/** Calendar weeks of delivery in which somebody was assigned, those of them with confirmed work, and the hours that were due in them. */
function partOf(project: Project, personId: string, hours: Deliveries['hours'], now: Date) {
  const times = assignmentsOf(project, personId);
  const delivery = deliveryOf(project, now);
  const weeks = new Set(delivery ? times.flatMap((time) => weeksIn(spanOf(time, delivery))) : []);
  const worked = hours
    .filter((one) => one.projectId === project._id)
    .map(({ date }) => weekOf(date))
    .filter((week) => weeks.has(week));
  return {
    worked: new Set(worked).size,
    weeks: weeks.size,
    hours: sum(times.map((time) => hoursDue(time, delivery))),
  };
}

/** Weeks that delivery touched, up to now while it goes on; null before it. */
function deliveryOf(project: Project, now: Date): Span | null {
  const begun = project.phases.find(({ phase }) => phase === 'delivery');
  if (!begun) return null;
  const over = project.phases[project.phases.indexOf(begun) + 1];
  return { first: weekOf(begun.at), last: weekOf(over?.at ?? now.toISOString()) };
}

function spanOf({ since, until }: AssignedTime, { first, last }: Span): Span {
  return {
    first: Math.max(first, weekOf(since)),
    last: until === null ? last : Math.min(last, weekOf(until)),
  };
}

const lengthOf = ({ first, last }: Span): number => Math.max(0, last - first + 1);
const weeksIn = (span: Span): number[] => Array.from({ length: lengthOf(span) }, (_, at) => span.first + at);

/** Of whoever left, the hours for their share of the weeks that they would have had, in whole hours in their favour. */
function hoursDue(time: AssignedTime, delivery: Span | null): number {
  if (time.until === null || !delivery) return time.hours;
  const there = spanOf(time, delivery);
  return Math.floor(
    (time.hours * lengthOf(there)) / Math.max(1, lengthOf({ ...there, last: delivery.last })),
  );
}

const DAY = 86_400_000;
/** Weeks begin on Monday; the first day of 1970 was a Thursday. */
const weekOf = (instant: string): number => Math.floor((Math.floor(Date.parse(instant) / DAY) + 3) / 7);
