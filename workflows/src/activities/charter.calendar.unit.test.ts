import { CalendarError, dueAfter } from '@talkoot/charter-calendar';
import type { Calendar } from '@talkoot/charter-calendar';
import fc from 'fast-check';
import { DateTime, Duration } from 'luxon';
import { describe, expect, test } from 'vitest';
import { specOf } from '../lifecycle/wait.ts';
import { planWait, planWindows } from './charter.calendar.ts';

const helsinki: Calendar = {
  timeZone: 'Europe/Helsinki',
  holidays: ['2027-12-06', '2027-12-24', '2028-01-06'],
  endOfDay: '23:59',
  calendar: { default: { duration: 'P30D', remindBefore: 'P7D', escalateAfter: 'P14D' } },
};
const local = (calendar: Calendar, at: string) => DateTime.fromISO(at, { zone: calendar.timeZone });

describe('a deadline of a day or more', () => {
  test.each([
    [
      'ends with the last second of the local day',
      '2027-03-01T10:00:00.000Z',
      'P1D',
      '2027-03-02T21:59:59.000Z',
    ],
    ['moves from Saturday to Monday', '2027-03-05T10:00:00.000Z', 'P1D', '2027-03-08T21:59:59.000Z'],
    ['moves from Sunday to Monday', '2027-03-05T10:00:00.000Z', 'P2D', '2027-03-08T21:59:59.000Z'],
    [
      'moves over a holiday that follows a weekend',
      '2027-12-03T10:00:00.000Z',
      'P1D',
      '2027-12-07T21:59:59.000Z',
    ],
    [
      'ends in summer time when it is counted into summer',
      '2027-03-26T10:00:00.000Z',
      'P5D',
      '2027-03-31T20:59:59.000Z',
    ],
    [
      'ends in winter time when it is counted into winter',
      '2027-10-29T10:00:00.000Z',
      'P3D',
      '2027-11-01T21:59:59.000Z',
    ],
    ['counts months by the calendar', '2027-01-29T10:00:00.000Z', 'P1M', '2027-03-01T21:59:59.000Z'],
    [
      'counts from the local day, which began before midnight UTC',
      '2027-03-01T22:30:00.000Z',
      'P1D',
      '2027-03-03T21:59:59.000Z',
    ],
    ['counts 48 hours as two days', '2027-03-01T10:00:00.000Z', 'PT48H', '2027-03-03T21:59:59.000Z'],
  ])('%s', (_, since, duration, due) => {
    expect(dueAfter(helsinki, since, duration)).toBe(due);
  });

  test('falls on the local day of a zone far from UTC', () => {
    const kiritimati = { ...helsinki, timeZone: 'Pacific/Kiritimati' };
    expect(dueAfter(kiritimati, '2027-03-01T11:00:00.000Z', 'P1D')).toBe('2027-03-03T09:59:59.000Z');
  });

  test('ends when the office closes, where the charter says so', () => {
    expect(dueAfter({ ...helsinki, endOfDay: '16:15' }, '2027-03-01T15:00:00.000Z', 'P1D')).toBe(
      '2027-03-02T14:15:59.000Z',
    );
  });
});

describe('a deadline in another zone', () => {
  const within = (timeZone: string, endOfDay = '23:59', holidays: string[] = []): Calendar => ({
    ...helsinki,
    timeZone,
    endOfDay,
    holidays,
  });
  const newYork = within('America/New_York');

  test.each([
    ['New York, into summer time', newYork, '2027-03-12T15:00:00Z', 'P3D', '2027-03-16T03:59:59.000Z'],
    ['New York, into winter time', newYork, '2027-11-05T15:00:00Z', 'P3D', '2027-11-09T04:59:59.000Z'],
    [
      'Kathmandu, 5:45 ahead',
      within('Asia/Kathmandu'),
      '2027-03-01T18:30:00Z',
      'P1D',
      '2027-03-03T18:14:59.000Z',
    ],
    [
      'Apia, 13 hours ahead',
      within('Pacific/Apia'),
      '2027-03-01T11:30:00Z',
      'P1D',
      '2027-03-03T10:59:59.000Z',
    ],
    ['31 January and a month', within('UTC'), '2029-01-31T10:00:00Z', 'P1M', '2029-02-28T23:59:59.000Z'],
    [
      '31 January and a month in a leap year',
      within('UTC'),
      '2028-01-31T10:00:00Z',
      'P1M',
      '2028-02-29T23:59:59.000Z',
    ],
    ['a leap day and a year', within('UTC'), '2028-02-29T10:00:00Z', 'P1Y', '2029-02-28T23:59:59.000Z'],
    [
      'a run of holidays and weekends',
      within('UTC', '23:59', [
        '2027-12-24',
        '2027-12-27',
        '2027-12-28',
        '2027-12-29',
        '2027-12-30',
        '2027-12-31',
      ]),
      '2027-12-23T10:00:00Z',
      'P1D',
      '2028-01-03T23:59:59.000Z',
    ],
  ])('%s', (_, calendar, since, duration, due) => {
    expect(dueAfter(calendar, since, duration)).toBe(due);
  });

  test('a local time that the clocks skip ends right after the gap', () => {
    const fridayNight = within('Africa/Cairo', '00:30');
    // Cairo goes to summer time at midnight of the last Friday of April: 00:30 does not exist.
    expect(dueAfter(fridayNight, '2027-04-29T10:00:00Z', 'P1D')).toBe('2027-04-29T22:30:59.000Z');
  });

  test('a local time that comes twice ends at one of the two, and always the same', () => {
    // Cairo leaves summer time at midnight after the last Thursday of October: 23:30 of that day comes twice.
    const cairo = within('Africa/Cairo', '23:30');
    const due = dueAfter(cairo, '2027-10-27T10:00:00Z', 'P1D');
    expect(['2027-10-28T20:30:59.000Z', '2027-10-28T21:30:59.000Z']).toContain(due);
    expect(dueAfter(cairo, '2027-10-27T12:00:00Z', 'P1D')).toBe(due);
  });
});

describe('a deadline shorter than a day', () => {
  test.each([
    ['is exact', '2027-03-06T10:00:00.000Z', 'PT2H', '2027-03-06T12:00:00.000Z'],
    ['is not moved off a holiday', '2027-12-06T10:00:00.000Z', 'PT30M', '2027-12-06T10:30:00.000Z'],
    [
      'is exact across the change to summer time',
      '2027-03-28T00:30:00.000Z',
      'PT2H',
      '2027-03-28T02:30:00.000Z',
    ],
    ['may be seconds', '2027-03-06T10:00:00.000Z', 'PT5S', '2027-03-06T10:00:05.000Z'],
  ])('%s', (_, since, duration, due) => {
    expect(dueAfter(helsinki, since, duration)).toBe(due);
  });
});

describe('a calendar that cannot be counted with', () => {
  test('is refused when its zone is unknown', () => {
    expect(() =>
      dueAfter({ ...helsinki, timeZone: 'Europe/Lintula' }, '2027-03-06T10:00:00.000Z', 'P1D'),
    ).toThrow(CalendarError);
  });
  test('is refused when a duration is none', () => {
    expect(() => dueAfter(helsinki, '2027-03-06T10:00:00.000Z', 'soon')).toThrow(CalendarError);
  });
});

describe('every deadline', () => {
  const zones = fc.constantFrom(
    'Europe/Helsinki',
    'Europe/Lisbon',
    'America/Sao_Paulo',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Pacific/Apia',
    'UTC',
  );
  const instants = fc.date({
    min: new Date('2026-01-01T00:00:00Z'),
    max: new Date('2046-01-01T00:00:00Z'),
    noInvalidDate: true,
  });
  const calendars = fc.record({
    timeZone: zones,
    endOfDay: fc.constantFrom('23:59', '16:15', '12:00', '02:30', '00:00'),
    holidays: fc.array(
      instants.map((date) => date.toISOString().slice(0, 10)),
      { maxLength: 40 },
    ),
  });
  const whole = (timing: Partial<Calendar>): Calendar => ({ ...helsinki, ...timing });

  test('of whole days ends on a working day at the end of day, at least as many days later', () => {
    fc.assert(
      fc.property(calendars, instants, fc.integer({ min: 1, max: 800 }), (timing, since, days) => {
        const calendar = whole(timing);
        const due = local(calendar, dueAfter(calendar, since.toISOString(), `P${days}D`));
        expect(due.weekday).toBeLessThanOrEqual(5);
        expect(calendar.holidays).not.toContain(due.toISODate());
        const start = local(calendar, since.toISOString()).startOf('day');
        expect(Math.round(due.startOf('day').diff(start, 'days').days)).toBeGreaterThanOrEqual(days);
        // An hour that the clocks skip does not exist: the deadline is then right after it.
        const wanted = due.set({
          hour: Number(calendar.endOfDay.slice(0, 2)),
          minute: Number(calendar.endOfDay.slice(3)),
        });
        expect(due.toMillis()).toBe(wanted.toMillis());
      }),
    );
  });

  test('comes no earlier for whoever begins later', () => {
    fc.assert(
      fc.property(
        calendars,
        instants,
        instants,
        fc.integer({ min: 1, max: 400 }),
        (timing, one, two, days) => {
          const [early, late] = [one, two].toSorted((a, b) => a.getTime() - b.getTime()) as [Date, Date];
          const due = (since: Date) => dueAfter(whole(timing), since.toISOString(), `P${days}D`);
          expect(due(early) <= due(late)).toBe(true);
        },
      ),
    );
  });

  test('is never before the bare duration, where the day ends at midnight', () => {
    fc.assert(
      fc.property(
        calendars,
        instants,
        fc.constantFrom('P1D', 'P2W', 'P1M', 'P1Y'),
        (timing, since, duration) => {
          const calendar = whole({ ...timing, endOfDay: '23:59' });
          const bare = local(calendar, since.toISOString()).plus(Duration.fromISO(duration));
          expect(Date.parse(dueAfter(calendar, since.toISOString(), duration))).toBeGreaterThanOrEqual(
            bare.startOf('second').toMillis(),
          );
        },
      ),
    );
  });

  test('is the same on a machine in whatever zone', () => {
    const given = ['2027-03-26T22:30:00.000Z', 'P5D'] as const;
    const here = process.env['TZ'];
    const dues = ['UTC', 'America/New_York', 'Pacific/Apia', 'Asia/Kathmandu'].map((zone) => {
      process.env['TZ'] = zone;
      return dueAfter(helsinki, ...given);
    });
    if (here === undefined) delete process.env['TZ'];
    else process.env['TZ'] = here;
    expect(new Set(dues)).toEqual(new Set(['2027-04-01T20:59:59.000Z']));
  });

  test('of less than a day is exactly that long', () => {
    fc.assert(
      fc.property(calendars, instants, fc.integer({ min: 1, max: 86_399 }), (timing, since, seconds) => {
        const due = dueAfter(whole(timing), since.toISOString(), `PT${seconds}S`);
        expect(Date.parse(due) - since.getTime()).toBe(seconds * 1000);
      }),
    );
  });

  test('is never earlier for a later start or a longer wait', () => {
    fc.assert(
      fc.property(
        calendars,
        instants,
        fc.nat(2_000_000_000),
        fc.integer({ min: 1, max: 300 }),
        fc.nat(300),
        (timing, since, later, days, more) => {
          const calendar = whole(timing);
          const first = Date.parse(dueAfter(calendar, since.toISOString(), `P${days}D`));
          const after = new Date(since.getTime() + later).toISOString();
          expect(Date.parse(dueAfter(calendar, after, `P${days}D`))).toBeGreaterThanOrEqual(first);
          expect(
            Date.parse(dueAfter(calendar, since.toISOString(), `P${days + more}D`)),
          ).toBeGreaterThanOrEqual(first);
        },
      ),
    );
  });

  test('of a duty is followed by its rungs in order, and then by giving up', () => {
    fc.assert(
      fc.property(calendars, instants, fc.integer({ min: 1, max: 100 }), (timing, since, days) => {
        const calendar = whole({
          ...timing,
          calendar: { default: { duration: `P${days}D`, escalateAfter: 'P3D' } },
        });
        const plan = { calendar, kind: 'project', name: 'review', spec: specOf('project', 'review') };
        const { due, escalations, lapseAt } = planWait({ ...plan, since: since.toISOString() });
        const instantsInOrder = [due, ...escalations.map(({ at }) => at), lapseAt ?? ''];
        expect(instantsInOrder).toEqual([...instantsInOrder].sort());
        expect(new Set(instantsInOrder).size).toBe(4);
      }),
    );
  });
});

describe('a wait', () => {
  const plan = { calendar: helsinki, kind: 'project', since: '2027-03-01T10:00:00.000Z' } as const;

  test('takes its own durations before the default ones', () => {
    const calendar = {
      ...helsinki,
      calendar: { ...helsinki.calendar, 'project.review': { duration: 'P2D' } },
    };
    const wait = planWait({ ...plan, calendar, name: 'review', spec: specOf('project', 'review') });
    expect(wait.due).toBe('2027-03-03T21:59:59.000Z');
    expect(wait.remindAt).toBeNull();
    expect(wait.escalations.map(({ to }) => to)).toEqual(['department-manager', 'sponsor']);
  });

  test('that simply closes has no ladder', () => {
    const wait = planWait({ ...plan, name: 'objection', spec: specOf('project', 'objection') });
    expect(wait).toMatchObject({ escalations: [], lapseAt: null, due: '2027-03-31T20:59:59.000Z' });
  });

  test('reminds so long before, by the local clock', () => {
    const wait = planWait({ ...plan, name: 'objection', spec: specOf('project', 'objection') });
    expect(wait.remindAt).toBe('2027-03-24T21:59:59.000Z');
  });

  test('has no reminder that would come before it begins', () => {
    const calendar = { ...helsinki, calendar: { default: { duration: 'P1D', remindBefore: 'P7D' } } };
    expect(
      planWait({ ...plan, calendar, name: 'objection', spec: specOf('project', 'objection') }).remindAt,
    ).toBeNull();
  });

  test('may be due at an instant that was decided', () => {
    const due = '2030-01-01T00:00:00.000Z';
    expect(planWait({ ...plan, name: 'objection', spec: specOf('project', 'objection'), due }).due).toBe(due);
  });

  test('may count from another instant', () => {
    const from = '2026-03-01T10:00:00.000Z';
    const wait = planWait({
      ...plan,
      name: 'objection',
      spec: specOf('project', 'objection'),
      from,
      duration: 'P2Y',
    });
    expect(wait.due).toBe('2028-03-01T21:59:59.000Z');
    expect(wait.since).toBe(plan.since);
  });
});

describe('the windows of a poll', () => {
  const poll = (opening: string, voting: string, complaints: string, changes: Partial<Calendar> = {}) => ({
    ...helsinki,
    calendar: {
      ...helsinki.calendar,
      'poll.opening': { duration: opening },
      'poll.voting': { duration: voting },
      'poll.complaints': { duration: complaints },
    },
    ...changes,
  });
  const since = '2027-03-01T10:00:00.789Z';

  test('are counted by the charter, casting and complaints from one another, to the second', () => {
    expect(planWindows(poll('P1D', 'P14D', 'P7D', { endOfDay: '16:00' }), since)).toEqual({
      opens: '2027-03-02T14:00:59Z',
      certificatesClose: '2027-03-16T14:00:59Z',
      castingCloses: '2027-03-16T14:30:59Z',
      complaintsClose: '2027-03-23T14:00:59Z',
    });
    expect(planWindows(poll('PT1M', 'PT2H', 'P7D'), since)).toMatchObject({
      opens: '2027-03-01T10:01:00Z',
      certificatesClose: '2027-03-01T12:01:00Z',
    });
  });

  test('give complaints three days and more, moved on to the end of a day', () => {
    const windows = planWindows(poll('PT1H', 'P1D', 'PT1H', { endOfDay: '16:00' }), since);
    expect(windows.castingCloses).toBe('2027-03-02T14:30:59Z');
    // Three days later at 16:00 is half an hour short of 72 hours, and the next day a Saturday.
    expect(windows.complaintsClose).toBe('2027-03-08T14:00:59Z');
  });

  test('are such as every manifest wants, whatever the charter says', () => {
    const days = fc.integer({ min: 1, max: 60 }).map((many) => `P${many}D`);
    const hours = fc.integer({ min: 1, max: 23 }).map((many) => `PT${many}H`);
    const endOfDay = fc.constantFrom('00:00', '08:15', '16:00', '23:59');
    const instant = fc.date({
      min: new Date('2027-01-01'),
      max: new Date('2028-12-31'),
      noInvalidDate: true,
    });
    const any = fc.oneof(days, hours);
    fc.assert(
      fc.property(any, any, any, endOfDay, instant, (opening, voting, complaints, end, at) => {
        const calendar = poll(opening, voting, complaints, { endOfDay: end });
        const windows = planWindows(calendar, at.toISOString());
        for (const one of Object.values(windows)) expect(one).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
        const [opens, certificates, casting, over] = Object.values(windows).map((one) => Date.parse(one));
        expect(certificates!).toBeGreaterThan(opens!);
        expect(casting! - certificates!).toBe(30 * 60_000);
        expect(over! - casting!).toBeGreaterThanOrEqual(72 * 3_600_000);
      }),
    );
  });
});
