import { describe, expect, it } from 'vitest';
import { charter } from '../projects.fixture.ts';
import { contestUntil, decisionDue, requireContestable } from './contest.ts';

const refused = (code: string) => expect.objectContaining({ code });
const entry = {
  criterion: 'hours',
  weight: '1',
  full: '1',
  recorded: '1/2',
  figure: '1/2',
  points: '1/2',
  why: null,
} as const;
const until = '2027-01-31T14:00:59.000Z';
const at = (instant: string) => new Date(instant);

describe('a contest', () => {
  it('has its time by the calendar of the charter, to the end of a working day', () => {
    const calendar = {
      ...charter.calendar,
      'record.contest': { duration: 'P30D' },
      'record.contest-decision': { duration: 'P14D' },
    };
    const pilot = (evaluatingSince: string | null) => ({
      charter: { ...charter, calendar },
      evaluatingSince,
    });
    expect(contestUntil(pilot(null))).toBeNull();
    // 31 December is a Thursday, 30 days later it is Saturday: the Monday after, 16:00 in Helsinki.
    expect(contestUntil(pilot('2026-12-31T08:00:00.000Z'))).toBe('2027-02-01T14:00:59.000Z');
    expect(decisionDue(pilot(null), at('2027-02-01T08:00:00.000Z'))).toBe('2027-02-15T14:00:59.000Z');
  });

  it('is of a figure that is weighed and shown, within its time', () => {
    const contest = (one: Parameters<typeof requireContestable>[0], now = '2027-01-10T10:00:00.000Z') =>
      requireContestable(one, until, at(now));
    expect(contest(entry)).toBe('1/2');
    expect(contest(entry, until)).toBe('1/2');
    expect(() => contest(undefined)).toThrow(refused('not-weighed'));
    expect(() => contest({ ...entry, figure: null })).toThrow(refused('nothing-to-contest'));
    expect(() => contest(entry, '2027-01-31T14:01:00.000Z')).toThrow(refused('contest-late'));
    expect(() => requireContestable(entry, null, at(until))).toThrow(refused('contest-early'));
  });
});
