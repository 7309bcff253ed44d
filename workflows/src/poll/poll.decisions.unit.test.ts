import { waits } from '@talkoot/workflow-contracts';
import type { StateOf, WaitName } from '@talkoot/workflow-contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { command, decide, now, stateAt, waitOf } from '../../test/decisions.ts';
import { metWaits } from '../../test/waits.ts';
import { takeFact } from '../lifecycle/decide.ts';
import { pollDecisions } from './poll.decisions.ts';

type Poll = StateOf<'poll'>;
const reason = { id: 'txt-1', sha256: 'a'.repeat(64) };
const at = (phase: Poll['phase'], stage: Poll['stage'], facts: Poll['facts'] = {}) =>
  stateAt('poll', { phase, stage, facts });
const told = (state: Poll, name: 'key-made' | 'key-released', factId = `fact ${name}`) =>
  takeFact(pollDecisions, state, { factId, name, data: {} }, now)?.state ?? 'ignored';

describe('the trustees', () => {
  test('end the wait for a key, and for its release, once', () => {
    const made = told(at('roll-frozen', 'key-ceremony'), 'key-made');
    expect(made).toMatchObject({ phase: 'roll-frozen', stage: null, wait: null, facts: { keyMade: true } });
    expect(told(made as Poll, 'key-made')).toBe('ignored');
    expect(told(made as Poll, 'key-made', 'told again')).toBe('ignored');
    const released = told(at('key-release', 'release'), 'key-released');
    expect(released).toMatchObject({ phase: 'key-release', stage: null, facts: { keyReleased: true } });
    expect(told(released as Poll, 'key-released', 'told again')).toBe('ignored');
  });

  test('who are done before they are waited for have done their part all the same', () => {
    expect(told(at('prepared', null), 'key-made')).toMatchObject({
      phase: 'prepared',
      facts: { keyMade: true },
    });
    const closed = at('closed', null, { complaintsOver: true });
    expect(told(closed, 'key-released')).toMatchObject({ phase: 'closed', facts: { keyReleased: true } });
  });

  test('who are done before that, and say it again, are on record once', () => {
    expect(told(at('prepared', null, { keyMade: true }), 'key-made', 'again')).toBe('ignored');
    expect(told(at('closed', null, { keyReleased: true }), 'key-released', 'again')).toBe('ignored');
  });

  test('who are too late change nothing', () => {
    expect(told(at('not-held', null, { reasonCode: 'no-key' }), 'key-made')).toBe('ignored');
    const given = at('key-release', null, { reasonCode: 'not-released' });
    expect(told(given, 'key-released')).toBe('ignored');
    expect(told(at('tallied', 'publication'), 'key-released')).toBe('ignored');
  });

  test('are heard while their wait is suspended', () => {
    const wait = waitOf('poll', 'key-ceremony', { suspendedSince: now });
    const suspended = stateAt('poll', { phase: 'roll-frozen', stage: 'key-ceremony', wait });
    expect(told(suspended, 'key-made')).toMatchObject({ stage: null });
  });
});

describe('annulling a poll that nobody can finish', () => {
  const ask = command('request-annulment', 'poll-officer', { reason }, 'per-officer');
  const confirm = (person: string) => command('confirm-annulment', 'appeal-body', { reason }, person);
  const early = ['prepared', 'roll-frozen', 'key-made', 'open', 'closing', 'closed'] as const;
  const late = ['key-release', 'tallied', 'published'] as const;

  test.each(early)('takes two people while it is %s', (phase) => {
    const state = at(phase, null);
    expect(decide(state, confirm('per-judge'))).toBe('no-change-requested');
    const asked = decide(state, ask) as Poll;
    expect(asked).toMatchObject({ phase, stage: null });
    expect(decide(asked, confirm('per-officer'))).toBe('same-person-twice');
    expect(decide(asked, confirm('per-judge'))).toMatchObject({ phase: 'annulled', stage: null, wait: null });
  });

  test.each(late)('is over once it is %s: somebody may know the result', (phase) => {
    expect(decide(at(phase, null), ask)).toBe('wrong-phase');
    const asked = at(phase, null, { annulmentRequestedBy: 'per-officer' });
    expect(decide(asked, confirm('per-judge'))).toBe('wrong-phase');
  });
});

describe('an appeal', () => {
  const appealed = decide(
    at('published', 'appeal'),
    command('appeal', 'resident', { reason }, 'per-both'),
  ) as Poll;
  const verdict = (upheld: boolean, person?: string) =>
    decide(appealed, command('decide-appeal', 'appeal-body', { upheld, reason }, person));

  test('is decided by others than who appealed', () => {
    expect(appealed).toMatchObject({ phase: 'published', stage: 'appeal-decision' });
    expect(verdict(true, 'per-both')).toBe('same-person-twice');
  });
  test('annuls the poll when it is upheld, and leaves the result when not', () => {
    expect(verdict(true)).toMatchObject({ phase: 'annulled' });
    expect(verdict(false)).toMatchObject({ phase: 'decided' });
  });
  test('is the only one', () => {
    expect(decide(appealed, command('appeal', 'resident', { reason }, 'per-other'))).toBe('not-awaited');
  });
});

describe.each(Object.keys(waits.poll) as WaitName<'poll'>[])('the wait %s', (name) => {
  const { phase } = metWaits.poll[name].at;
  const ask = (change: string, due?: string) => {
    const asked = command('request-change', 'sponsor', { change, reason, due });
    const state = decide(at(phase, name), asked) as Poll;
    return decide(state, command('confirm-change', 'appeal-body', { change, due }));
  };
  test('is extended, suspended and resumed by two people', () => {
    expect(ask('extend', '2027-04-01T10:00:00.000Z')).toMatchObject({
      stage: name,
      wait: { due: '2027-04-01T10:00:00.000Z' },
    });
    const suspended = ask('suspend') as Poll;
    expect(suspended).toMatchObject({ stage: name, wait: { suspendedSince: now } });
    const asked = command('request-change', 'sponsor', { change: 'resume', reason });
    const resumed = decide(
      decide(suspended, asked) as Poll,
      command('confirm-change', 'appeal-body', { change: 'resume' }),
    );
    expect(resumed).toMatchObject({ stage: name, wait: { suspendedSince: null } });
  });
});

describe('a window of the manifest', () => {
  const windows = {
    opens: '2027-03-01T10:00:00Z',
    certificatesClose: '2027-03-15T10:00:00Z',
    castingCloses: '2027-03-15T10:30:00Z',
    complaintsClose: '2027-03-19T10:00:00Z',
  };
  const order = [
    ['opens', 'voting', 'certificatesClose'],
    ['certificatesClose', 'casting', 'castingCloses'],
    ['castingCloses', 'complaints', 'complaintsClose'],
  ] as const;
  const dueOf = (
    name: (typeof order)[number][1] | 'opening',
    at: number,
    given: typeof windows | null = windows,
  ) =>
    pollDecisions.timing![name]!(stateAt('poll', { facts: { windows: given } }), new Date(at).toISOString())
      .due;

  test('ends at its instant, whenever within a minute of its time it began', () => {
    const punctual = fc.integer({ min: -3_600_000, max: 60_000 });
    fc.assert(
      fc.property(fc.constantFrom(...order), punctual, ([begins, name, ends], off) => {
        const due = dueOf(name, Date.parse(windows[begins]) + off)!;
        expect(Date.parse(due)).toBe(Date.parse(windows[ends]));
      }),
    );
  });

  test('that began late lasts as long all the same', () => {
    const late = fc.integer({ min: 60_001, max: 90 * 86_400_000 });
    fc.assert(
      fc.property(fc.constantFrom(...order), late, ([begins, name, ends], off) => {
        const began = Date.parse(windows[begins]) + off;
        const length = Date.parse(windows[ends]) - Date.parse(windows[begins]);
        expect(Date.parse(dueOf(name, began)!)).toBe(began + length);
      }),
    );
  });

  test('opens when it says, and where acts end the phases says nothing', () => {
    expect(dueOf('opening', Date.parse('2027-03-05T10:00:00Z'))).toBe('2027-03-01T10:00:00.000Z');
    for (const name of ['opening', 'voting', 'casting', 'complaints'] as const) {
      expect(dueOf(name, Date.now(), null)).toBeUndefined();
    }
  });

  test('is not rectified to an earlier end, but to a later one', () => {
    const wait = waitOf('poll', 'voting', { since: windows.opens, due: '2027-03-17T10:00:00.000Z' });
    const open = stateAt('poll', { phase: 'open', stage: 'voting', wait, facts: { windows } });
    const rectify = (due: string) =>
      decide(open, command('request-change', 'sponsor', { change: 'rectify', due, reason }));
    expect(rectify('2027-03-15T09:59:59.000Z')).toBe('invalid-change');
    expect(rectify('2027-03-15T10:00:00.000Z')).toMatchObject({ stage: 'voting' });
    const free = { ...open, facts: { windows: null } };
    expect(
      decide(free, command('request-change', 'sponsor', { change: 'rectify', due: now, reason })),
    ).toMatchObject({ stage: 'voting' });
  });
});
