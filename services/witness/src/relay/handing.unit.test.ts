import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handingOf, isBroken, isInTime, isPastHope, stageOf } from './handing.ts';
import type { BoardAnswer, PollPhase } from './handing.ts';

const windows = {
  opens: '2026-05-01T09:00:00Z',
  certificatesClose: '2026-05-14T18:00:00Z',
  castingCloses: '2026-05-14T18:30:00Z',
  complaintsClose: '2026-05-17T18:30:00Z',
};
const at = (instant: string) => Date.parse(instant);
const learned = at('2026-04-30T00:00:00Z');
const stage = (said: PollPhase | null, instant: string) =>
  stageOf(windows, said, { learned, now: at(instant) });
const refused = (code: string, status = 409): BoardAnswer => ({
  answer: 'refused',
  problem: { code, status },
});
const silent: BoardAnswer = { answer: 'silent', problem: null };
const promised: BoardAnswer = { answer: 'promised', promise: new Uint8Array(64) };

const phase = fc.constantFrom<PollPhase | null>(
  null,
  'key-made',
  'open',
  'closing',
  'closed',
  'key-release',
  'published',
  'annulled',
);
const instant = fc
  .integer({ min: at('2026-04-01T00:00:00Z'), max: at('2026-12-01T00:00:00Z') })
  .map((now) => now);

describe('how far a poll with windows is', () => {
  it('is casting until the manifest says so, whatever the board says', () => {
    fc.assert(
      fc.property(phase, instant, (said, now) => {
        const isCasting = now < at(windows.castingCloses);
        if (isCasting) expect(stageOf(windows, said, { learned, now })).toBe('casting');
      }),
    );
  });

  it('is not over before the time for complaints is, whatever the board says', () => {
    fc.assert(
      fc.property(phase, instant, (said, now) => {
        if (now < at(windows.complaintsClose)) {
          expect(stageOf(windows, said, { learned, now })).not.toBe('over');
        }
      }),
    );
  });

  it('never goes back as time passes', () => {
    const order = ['casting', 'closed', 'over'];
    fc.assert(
      fc.property(phase, instant, fc.nat(9e9), (said, now, later) => {
        const [one, other] = [now, now + later].map((now) => stageOf(windows, said, { learned, now }));
        expect(order.indexOf(other!)).toBeGreaterThanOrEqual(order.indexOf(one!));
      }),
    );
  });

  it('is casting for longer where the board says that it is extended, but not beyond the time for complaints', () => {
    expect(stage('open', '2026-05-15T00:00:00Z')).toBe('casting');
    expect(stage('closing', '2026-05-15T00:00:00Z')).toBe('casting');
    expect(stage('open', '2026-05-18T00:00:00Z')).toBe('closed');
  });

  it('is closed while the board is silent or still hears complaints, and over once it is final', () => {
    expect(stage(null, '2026-05-15T00:00:00Z')).toBe('closed');
    expect(stage('closed', '2026-05-18T00:00:00Z')).toBe('closed');
    expect(stage('key-release', '2026-05-18T00:00:00Z')).toBe('over');
  });

  it('is over a month after it should have been, though the board never says so', () => {
    expect(stage(null, '2026-06-16T00:00:00Z')).toBe('closed');
    expect(stage(null, '2026-06-17T00:00:00Z')).toBe('over');
  });
});

describe('how far a poll without windows is', () => {
  const without = (said: PollPhase | null, days = 1) =>
    stageOf(null, said, { learned, now: learned + days * 86_400_000 });
  it('is what the board says', () => {
    const said = ['key-made', 'open', 'closing', 'closed', 'key-release', 'published'] as const;
    expect(said.map((one) => without(one))).toEqual([
      'casting',
      'casting',
      'casting',
      'closed',
      'over',
      'over',
    ]);
  });
  it('is casting while it says nothing, for four hundred days', () => {
    expect([without(null), without(null, 400), without(null, 401)]).toEqual(['casting', 'casting', 'over']);
  });
});

it('a ballot is in time from the opening to the end of casting, where acts end it while the board has not said so', () => {
  const inTime = (instant: string) => isInTime(windows, 'casting', at(instant));
  expect(['2026-05-01T08:59:59Z', '2026-05-01T09:00:00Z'].map(inTime)).toEqual([false, true]);
  expect(['2026-05-14T18:29:59Z', '2026-05-14T18:30:00Z'].map(inTime)).toEqual([true, false]);
  expect([isInTime(null, 'casting', 0), isInTime(null, 'closed', 0)]).toEqual([true, false]);
});

describe('what follows from what the board answers', () => {
  it('a promise is kept beside the leaf, silence leaves it where it is', () => {
    for (const wasKept of [true, false]) {
      expect(handingOf(promised, windows, wasKept)).toBe('promised');
      expect(handingOf(silent, windows, wasKept)).toBe('keep');
    }
  });

  it('a leaf under a key and sequence that the board has is forgotten', () => {
    for (const wasKept of [true, false]) {
      expect(handingOf(refused('sequence-already-used'), windows, wasKept)).toBe('forget');
      expect(handingOf(refused('sequence-already-used'), null, wasKept)).toBe('forget');
    }
  });

  it.each(['signature-invalid', 'first-certificate-invalid', 'leaf-malformed', 'not-found', 'forbidden'])(
    'a refusal that the leaf itself contradicts is not believed: %s',
    (code) => {
      expect(handingOf(refused(code), windows, false)).toBe('keep');
      expect(handingOf(refused(code), null, false)).toBe('keep');
    },
  );

  it.each(['poll-closed', 'poll-not-open'])(
    '%s is believed where there are no windows, unless the leaf was kept before',
    (code) => {
      expect(handingOf(refused(code), null, false)).toBe('forget');
      expect(handingOf(refused(code), null, true)).toBe('keep');
      expect(handingOf(refused(code), windows, false)).toBe('keep');
    },
  );
});

describe('a promise is broken', () => {
  const soon = at('2026-05-14T19:29:00Z');
  const later = at('2026-05-14T19:30:00Z');
  it('when the board says itself that it does not have the leaf', () => {
    expect(isBroken(refused('poll-closed'), null, 0)).toBe(true);
    expect(isBroken(refused('poll-closed'), windows, soon)).toBe(true);
  });
  it('when an hour after casting it still only promises, is silent, or says something else', () => {
    for (const answer of [promised, silent, refused('not-found')]) {
      expect(isBroken(answer, windows, soon)).toBe(false);
      expect(isBroken(answer, windows, later)).toBe(true);
      expect(isBroken(answer, null, later)).toBe(false);
    }
  });
});

it('a board that shows nothing is given up a month after its end', () => {
  const day = 86_400_000;
  const end = at(windows.complaintsClose);
  const isPast = (now: number) => isPastHope(windows, { learned, now });
  expect([isPast(end + 30 * day), isPast(end + 31 * day)]).toEqual([false, true]);
  expect(isPastHope(null, { learned, now: learned + 430 * day })).toBe(false);
  expect(isPastHope(null, { learned, now: learned + 431 * day })).toBe(true);
});
