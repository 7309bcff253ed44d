import { describe, expect, it } from 'vitest';
import { evidenceOf } from './evidence.ts';
import type { Deliveries } from './evidence.ts';

const project = (changes: Partial<Deliveries['projects'][number]> = {}): Deliveries['projects'][number] => ({
  _id: 'prj-1',
  phase: 'payout',
  phases: [
    { phase: 'staffing', at: '2026-12-01T10:00:00.000Z' },
    // A Wednesday, and the Tuesday four calendar weeks on.
    { phase: 'delivery', at: '2027-01-06T10:00:00.000Z' },
    { phase: 'measurement', at: '2027-01-26T10:00:00.000Z' },
  ],
  staff: { lead: 'per-a', civilServants: [{ personId: 'per-a', hours: 20 }], assignedBy: [], at: '' },
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

  it('is of the person and the projects to which they are assigned', () => {
    const other = project({
      _id: 'prj-2',
      staff: { ...project().staff!, civilServants: [{ personId: 'per-z', hours: 9 }] },
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
