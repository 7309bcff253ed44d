import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterAnswer, newCast, nextAct } from './casting.course.ts';
import type { CastAct, CastAnswer, CastState } from './casting.course.ts';

const promise = new Uint8Array(64).fill(7);
const codes = ['poll-closed', 'poll-not-open', 'sequence-already-used', 'signature-invalid'] as const;

const sent = fc.oneof(
  fc.constant({ to: 'send', answer: 'promised', promise } as const),
  fc.constantFrom({ to: 'send', answer: 'kept' } as const, { to: 'send', answer: 'silent' } as const),
  fc.constantFrom(...codes).map((code) => ({ to: 'send', answer: 'refused', code }) as const),
);
const looked = fc.constantFrom<CastAnswer>(
  { to: 'look', answer: 'included', index: 4, size: 9 },
  { to: 'look', answer: 'missing', isOver: false },
  { to: 'look', answer: 'missing', isOver: false },
  { to: 'look', answer: 'silent', isOver: false },
);
const complained = fc
  .constantFrom('taken', 'refused', 'silent')
  .map((answer) => ({ to: 'complain', answer }) as CastAnswer);
/** One answer to whatever is asked. */
const answers = fc.record({ send: sent, look: looked, complain: complained });
const courses = fc.array(answers, { minLength: 1, maxLength: 60 });
type Answers = typeof answers extends fc.Arbitrary<infer A> ? A : never;

interface Step {
  readonly before: CastState;
  readonly act: CastAct;
  readonly answer: CastAnswer;
  readonly after: CastState;
}

function play(given: readonly Answers[], from = newCast): Step[] {
  const steps: Step[] = [];
  let state = from;
  for (const one of given) {
    const act = nextAct(state);
    if (act.act === 'end') break;
    const answer: CastAnswer = act.act === 'rest' ? { to: 'rest' } : one[act.act];
    const after = afterAnswer(state, answer);
    steps.push({ before: state, act, answer, after });
    state = after;
  }
  return steps;
}
/** A device that gets these answers to what it sends, finds nothing on the board, and whose complaints are taken. */
function given(...sends: CastAnswer[]): CastState {
  let state = newCast;
  for (let acts = 0; sends.length > 0; acts += 1) {
    const act = nextAct(state);
    if (act.act === 'end' || acts > 100) throw new Error(`ended before ${JSON.stringify(sends)}`);
    if (act.act === 'rest') state = afterAnswer(state, { to: 'rest' });
    else if (act.act === 'look') state = afterAnswer(state, { to: 'look', answer: 'missing', isOver: false });
    else if (act.act === 'complain') state = afterAnswer(state, { to: 'complain', answer: 'taken' });
    else state = afterAnswer(state, sends.shift()!);
  }
  return state;
}
const silent = { to: 'send', answer: 'silent' } as const;
const kept = { to: 'send', answer: 'kept' } as const;
const promised = { to: 'send', answer: 'promised', promise } as const;
const refused = (code: string) => ({ to: 'send', answer: 'refused', code }) as const;
/** The next act that is no rest. */
const awake = (state: CastState): CastAct =>
  nextAct(nextAct(state).act === 'rest' ? afterAnswer(state, { to: 'rest' }) : state);

describe('whatever is answered', () => {
  it('a promise is never given up', () => {
    fc.assert(
      fc.property(courses, (course) => {
        for (const { before, after } of play(course)) {
          if (before.promise) expect(after.promise).toBe(before.promise);
        }
      }),
    );
  });

  it('nobody is asked more than four times without a rest', () => {
    fc.assert(
      fc.property(courses, (course) => {
        let awake = 0;
        for (const { act } of play(course)) {
          awake = act.act === 'rest' ? 0 : awake + 1;
          expect(awake).toBeLessThanOrEqual(4);
        }
      }),
    );
  });

  it('a complaint is made with a promise only, after the board said that it is closed and the leaf was looked for', () => {
    fc.assert(
      fc.property(courses, (course) => {
        const steps = play(course);
        for (const [at, { act, before }] of steps.entries()) {
          if (act.act !== 'complain') continue;
          expect(before.promise).not.toBeNull();
          const asked = steps.slice(0, at).filter((step) => step.act.act !== 'rest');
          expect(asked.at(-1)!.act.act).toBe('look');
          const last = asked.findLast((step) => step.act.act === 'send')!;
          expect(last.answer).toEqual(refused('poll-closed'));
        }
      }),
    );
  });

  it('a leaf is included only if it was found, and with a promise nothing but that or a refused complaint ends it', () => {
    fc.assert(
      fc.property(courses, (course) => {
        const { after, answer } = play(course).at(-1)!;
        if (!after.end) return;
        expect(after.end.outcome === 'included').toBe(answer.to === 'look');
        if (after.promise) expect(['included', 'broken']).toContain(after.end.outcome);
        if (after.end.outcome === 'broken') expect(answer).toEqual({ to: 'complain', answer: 'refused' });
      }),
    );
  });

  it('a board that answers from some time on has the leaf included soon', () => {
    fc.assert(
      fc.property(courses, (course) => {
        const state = play(course).at(-1)!.after;
        if (state.end) return;
        const honest: Answers = {
          send: promised,
          look: { to: 'look', answer: 'included', index: 1, size: 3 },
          complain: { to: 'complain', answer: 'taken' },
        };
        const end = play(
          Array.from({ length: 8 }, () => honest),
          state,
        ).at(-1)!.after.end;
        expect(end).toEqual({ outcome: 'included', index: 1, size: 3 });
      }),
    );
  });

  it('the same leaf is sent again until it is found', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 40 }), (length) => {
        const never: Answers = {
          send: promised,
          look: { to: 'look', answer: 'missing', isOver: false },
          complain: { to: 'complain', answer: 'taken' },
        };
        const acts = play(Array.from({ length: 3 * length }, () => never)).map(({ act }) => act.act);
        expect(acts.filter((act) => act === 'send').length).toBeGreaterThanOrEqual(length - 1);
      }),
    );
  });
});

describe('a leaf without a promise', () => {
  it('goes to the board, and where the board does not answer at once to the relay, then rests', () => {
    expect(nextAct(newCast)).toEqual({ act: 'send', to: 'board' });
    expect(nextAct(given(silent))).toEqual({ act: 'send', to: 'relay' });
    expect(nextAct(given(silent, silent))).toEqual({ act: 'rest' });
    expect(awake(given(silent, silent))).toEqual({ act: 'send', to: 'board' });
  });

  it('that a relay keeps goes on asking both', () => {
    const state = given(silent, kept);
    expect(state).toMatchObject({ isKept: true, promise: null });
    expect(awake(state)).toEqual({ act: 'send', to: 'board' });
    expect(nextAct(given(silent, kept, silent))).toEqual({ act: 'send', to: 'relay' });
    expect(given(silent, kept, silent, promised).promise).toBe(promise);
  });

  it('that the board refuses is shown to the relay, and is refused if that has no better word', () => {
    expect(nextAct(given(refused('signature-invalid')))).toEqual({ act: 'send', to: 'relay' });
    const end = { outcome: 'refused', code: 'signature-invalid' };
    expect(given(refused('signature-invalid'), refused('signature-invalid')).end).toEqual(end);
    expect(given(refused('signature-invalid'), silent).end).toEqual(end);
    expect(given(refused('signature-invalid'), kept).end).toBeNull();
    expect(given(refused('signature-invalid'), promised).promise).toBe(promise);
  });

  it('is not refused by a relay alone', () => {
    const state = given(silent, refused('no-relay'));
    expect([state.end, awake(state)]).toEqual([null, { act: 'send', to: 'board' }]);
  });

  it('is too late when casting is over, and says whether a relay has it', () => {
    const over = refused('poll-closed');
    expect(given(over, over).end).toEqual({ outcome: 'too-late', kept: false });
    expect(given(silent, kept, over, over).end).toEqual({ outcome: 'too-late', kept: true });
    expect(given(silent, kept, over, silent).end).toEqual({ outcome: 'too-late', kept: true });
  });
});

describe('a leaf that was promised', () => {
  it('and that a closed board does not have is complained about, then looked for and not sent any more', () => {
    const closed = given(promised, refused('poll-closed'));
    expect(nextAct(closed)).toEqual({ act: 'look' });
    const missed = afterAnswer(closed, { to: 'look', answer: 'missing', isOver: false });
    expect(nextAct(missed)).toEqual({ act: 'complain' });
    let state = afterAnswer(missed, { to: 'complain', answer: 'taken' });
    for (let round = 0; round < 5; round += 1) {
      expect(awake(state)).toEqual({ act: 'look' });
      state = afterAnswer(afterAnswer(state, { to: 'rest' }), {
        to: 'look',
        answer: 'missing',
        isOver: false,
      });
    }
  });

  it('and that a board goes on promising though it should have it by now is complained about', () => {
    const state = afterAnswer(given(promised), { to: 'rest' });
    expect(nextAct(afterAnswer(state, { to: 'look', answer: 'missing', isOver: true }))).toEqual({
      act: 'complain',
    });
  });

  it('is complained about again while nobody takes the complaint, and is broken once none is heard', () => {
    const missed = afterAnswer(given(promised, refused('poll-closed')), {
      to: 'look',
      answer: 'silent',
      isOver: false,
    });
    const unheard = afterAnswer(missed, { to: 'complain', answer: 'silent' });
    expect(awake(unheard)).toEqual({ act: 'look' });
    expect(afterAnswer(missed, { to: 'complain', answer: 'refused' }).end).toEqual({ outcome: 'broken' });
  });

  it('is not given up because the board is away or errs', () => {
    for (const answer of [silent, refused('signature-invalid'), kept]) {
      const state = given(promised, answer);
      expect([state.end, awake(state)]).toEqual([null, { act: 'look' }]);
    }
  });
});
