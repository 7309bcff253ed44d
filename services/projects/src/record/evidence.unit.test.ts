import { describe, expect, it } from 'vitest';
import type { Assignment, FormerAssignment } from '../proposal/project.ts';
import { evidenceOf } from './evidence.ts';
import type { Deliveries } from './evidence.ts';

const first = '2026-12-02T10:00:00.000Z';
const staffed = (...civilServants: Assignment[]) => ({
  ...{ lead: 'per-a', civilServants, assignedBy: [], at: first },
  former: [] as FormerAssignment[],
});
const project = (changes: Partial<Deliveries['projects'][number]> = {}): Deliveries['projects'][number] => ({
  _id: 'prj-1',
  phase: 'payout',
  phases: [
    { phase: 'staffing', at: '2026-12-01T10:00:00.000Z' },
    // A Wednesday, and the Tuesday four calendar weeks on.
    { phase: 'delivery', at: '2027-01-06T10:00:00.000Z' },
    { phase: 'measurement', at: '2027-01-26T10:00:00.000Z' },
  ],
  staff: staffed({ personId: 'per-a', hours: 20, since: first }),
  ...changes,
});
const worked = (date: string, minutes = 60) => ({ projectId: 'prj-1', personId: 'per-a', date, minutes });
const work = (changes: Partial<Deliveries> = {}): Deliveries => ({
  projects: [project()],
  hours: [],
  skills: [],
  ratings: [],
  ...changes,
});
const now = new Date('2027-06-01T00:00:00.000Z');

describe('the evidence of a record', () => {
  it('counts each calendar week of delivery once, from Monday to Sunday', () => {
    const hours = ['2027-01-04', '2027-01-10', '2027-01-11', '2027-01-12', '2027-01-31'].map((date) =>
      worked(date),
    );
    expect(evidenceOf('per-a', work({ hours }), now).weeks).toEqual({ worked: 3, all: 4 });
  });

  it('counts work outside delivery as hours, but in no week', () => {
    const hours = [worked('2026-12-28', 30), worked('2027-02-01', 45)];
    const { weeks, confirmedMinutes } = evidenceOf('per-a', work({ hours }), now);
    expect({ weeks, confirmedMinutes }).toEqual({ weeks: { worked: 0, all: 4 }, confirmedMinutes: 75 });
  });

  it('has weeks up to today while delivery goes on, and none before it', () => {
    const phases = project().phases.slice(0, 2);
    const running = work({ projects: [project({ phase: 'delivery', phases })] });
    expect(evidenceOf('per-a', running, new Date('2027-01-11T00:00:00.000Z')).weeks.all).toBe(2);
    const early = work({ projects: [project({ phase: 'staffing', phases: phases.slice(0, 1) })] });
    expect(evidenceOf('per-a', early, now).weeks).toEqual({ worked: 0, all: 0 });
  });

  it.each(['staffing', 'delivery', 'measurement'])(
    'has no stars of a project in %s: it may still be rated',
    (phase) => {
      const ratings = [{ projectId: 'prj-1', rater: 'per-b', rated: 'per-a', stars: 5 }];
      expect(evidenceOf('per-a', work({ ratings }), now).ratings).toHaveLength(1);
      expect(evidenceOf('per-a', work({ ratings, projects: [project({ phase })] }), now).ratings).toEqual([]);
    },
  );

  it('of whoever left is of their weeks and their share of the hours, whatever comes after', () => {
    const left = { personId: 'per-a', hours: 20, since: first, until: '2027-01-14T10:00:00.000Z' };
    const staff = { ...staffed({ personId: 'per-z', hours: 20, since: left.until }), former: [left] };
    const hours = [worked('2027-01-06', 120), worked('2027-01-12', 180)];
    const ratings = [{ projectId: 'prj-1', rater: 'per-b', rated: 'per-a', stars: 5 }];
    const of = work({ projects: [project({ staff })], hours, ratings });
    expect(evidenceOf('per-a', of, now)).toMatchObject({
      weeks: { worked: 2, all: 2 },
      confirmedMinutes: 300,
      assignedHours: 10,
      ratings: [{ stars: 5 }],
    });
    expect(evidenceOf('per-z', of, now)).toMatchObject({ weeks: { all: 3 }, assignedHours: 20 });
    const back = {
      ...staff,
      civilServants: [{ personId: 'per-a', hours: 4, since: '2027-01-22T10:00:00.000Z' }],
    };
    expect(evidenceOf('per-a', work({ projects: [project({ staff: back })], hours }), now)).toMatchObject({
      weeks: { worked: 2, all: 4 },
      assignedHours: 14,
    });
  });

  it('of whoever left while delivery goes on counts the weeks so far', () => {
    const left = { personId: 'per-a', hours: 20, since: first, until: '2027-01-14T10:00:00.000Z' };
    const staff = { ...staffed({ personId: 'per-z', hours: 20, since: left.until }), former: [left] };
    const running = { phase: 'delivery', phases: project().phases.slice(0, 2), staff };
    const hoursOn = (day: string) =>
      evidenceOf('per-a', work({ projects: [project(running)] }), new Date(day)).assignedHours;
    expect(hoursOn('2027-01-15T00:00:00.000Z')).toBe(20);
    expect(hoursOn('2027-02-01T00:00:00.000Z')).toBe(8);
  });

  it('is of the person and the projects to which they are assigned', () => {
    const other = project({
      _id: 'prj-2',
      staff: staffed({ personId: 'per-z', hours: 9, since: first }),
    });
    const given = {
      projects: [project(), other],
      hours: [worked('2027-01-11'), { ...worked('2027-01-11'), personId: 'per-z', projectId: 'prj-2' }],
      skills: [
        { projectId: 'prj-1', teacher: 'per-a', learner: 'per-b' },
        { projectId: 'prj-1', teacher: 'per-b', learner: 'per-a' },
        { projectId: 'prj-2', teacher: 'per-a', learner: 'per-b' },
      ],
      ratings: [
        { projectId: 'prj-1', rater: 'per-b', rated: 'per-z', stars: 1 },
        { projectId: 'prj-2', rater: 'per-b', rated: 'per-a', stars: 1 },
      ],
    };
    expect(evidenceOf('per-a', given, now)).toEqual({
      ratings: [],
      weeks: { worked: 1, all: 4 },
      confirmedMinutes: 60,
      assignedHours: 20,
      taught: 1,
      learned: 1,
    });
  });
});
