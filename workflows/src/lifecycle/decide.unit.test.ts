import { deciders, lifecycleKinds, phases, SEEN_BOUND, waits } from '@talkoot/workflow-contracts';
import type { Awaited, LifecycleKind, StateOf } from '@talkoot/workflow-contracts';
import { describe, expect, test } from 'vitest';
import { allDecisions, command, decide, now, stateAt, waitOf } from '../../test/decisions.ts';
import { decideCommand, isRefusal, passDeadline, takeFact } from './decide.ts';

type AnyState = StateOf<LifecycleKind>;
const anyState = (kind: LifecycleKind, at: object) => stateAt(kind, at as never) as AnyState;
const firstDecider = (kind: LifecycleKind, name: string) =>
  (deciders[kind] as Readonly<Record<string, readonly Awaited[]>>)[name]![0]!;
const reason = { id: 'txt-1', sha256: 'a'.repeat(64) };

describe.each(lifecycleKinds)('%s', (kind) => {
  const decisions = allDecisions[kind];
  const names = Object.keys(deciders[kind]);
  const rules = decisions.commands as unknown as Record<string, { in: string[]; during?: string[] }>;

  test.each(names)('refuses %s in every phase that does not have it', (name) => {
    const as = firstDecider(kind, name);
    for (const phase of phases[kind].filter((one) => !rules[name]!.in.includes(one))) {
      expect(decide(anyState(kind, { phase }), command(name, as))).toBe('wrong-phase');
    }
  });

  test.each(names)('refuses %s to anybody who is not awaited', (name) => {
    const rule = rules[name]!;
    const state = anyState(kind, { phase: rule.in[0], stage: rule.during?.[0] ?? null });
    expect(decide(state, command(name, 'moderator'))).toBe('not-awaited');
  });

  test.each(names.filter((name) => rules[name]!.during))(
    'refuses %s while something else is awaited',
    (name) => {
      const as = firstDecider(kind, name);
      expect(decide(anyState(kind, { phase: rules[name]!.in[0], stage: null }), command(name, as))).toBe(
        'not-awaited',
      );
    },
  );

  test.each(names)('refuses %s while the wait is suspended', (name) => {
    const rule = rules[name]!;
    const as = firstDecider(kind, name);
    const stage = rule.during?.[0] ?? Object.keys(waits[kind])[0]!;
    const wait = waitOf(kind, stage, { suspendedSince: now });
    expect(decide(anyState(kind, { phase: rule.in[0], stage, wait }), command(name, as))).toBe('suspended');
  });

  test('refuses a decision that it has already taken in', () => {
    const name = names[0]!;
    const as = firstDecider(kind, name);
    const given = command(name, as);
    const state = anyState(kind, { phase: rules[name]!.in[0], seenFacts: [given.decisionId] });
    expect(decide(state, given)).toBe('already-decided');
  });

  test('goes on, in some named way, when time ends any of its waits', () => {
    for (const name of Object.keys(waits[kind])) {
      const wait = waitOf(kind, name);
      const state = anyState(kind, { phase: phases[kind][1], stage: name, wait });
      const { state: after, step } = passDeadline(
        decisions as never,
        state,
        'wait',
        { at: wait.due, does: 'end' },
        now,
      );
      expect(step).toMatchObject({ number: 1, cause: 'deadline', data: { wait: name, due: wait.due } });
      expect(after.step).toBe(1);
      if (name !== 'champion-answer') expect(after.wait).toBeNull();
    }
  });

  test('has no decision that is unknown', () => {
    expect(decide(anyState(kind, { phase: phases[kind][1] }), command('abdicate', 'sponsor'))).toBe(
      'wrong-phase',
    );
  });
});

describe('a fact', () => {
  const proposed = stateAt('project', { phase: 'proposed', stage: 'endorsement' });
  const fact = { factId: 'one', name: 'threshold-reached', data: { endorsements: 50 } };

  test('moves the lifecycle once', () => {
    const taken = takeFact(allDecisions.project, proposed, fact, now)!;
    expect(taken.state).toMatchObject({
      phase: 'qualified',
      stage: 'review',
      wait: null,
      seenFacts: ['one'],
    });
    expect(taken.step).toMatchObject({
      name: 'threshold-reached',
      cause: 'fact',
      from: 'proposed',
      phase: 'qualified',
    });
    expect(takeFact(allDecisions.project, { ...proposed, seenFacts: ['one'] }, fact, now)).toBeNull();
  });

  test('that means nothing now, or never, changes nothing', () => {
    const closed = stateAt('project', { phase: 'closed' });
    expect(takeFact(allDecisions.project, closed, fact, now)).toBeNull();
    expect(takeFact(allDecisions.project, proposed, { ...fact, name: 'rained' }, now)).toBeNull();
  });

  test('means nothing in any phase once the lifecycle is over', () => {
    const closed = stateAt('pilot', { phase: 'concluded', facts: { rounds: ['rnd-1'] } });
    const allocated = { factId: 'two', name: 'round-allocated', data: { roundId: 'rnd-1' } };
    expect(takeFact(allDecisions.pilot, closed, allocated, now)).toBeNull();
  });

  test('is remembered among the latest only, so that the state stays small', () => {
    const seenFacts = Array.from({ length: SEEN_BOUND }, (_, at) => `known ${at}`);
    const taken = takeFact(allDecisions.project, { ...proposed, seenFacts }, fact, now)!;
    expect(taken.state.seenFacts).toHaveLength(SEEN_BOUND);
    expect(taken.state.seenFacts.at(-1)).toBe('one');
  });
});

describe('a change of a wait', () => {
  const review = stateAt('project', { phase: 'qualified', stage: 'review' });
  const ask = (change: string, due?: string, person = 'per-sponsor') =>
    command('request-change', 'sponsor', { change, reason, ...(due ? { due } : {}) }, person);
  const confirm = (change: string, person = 'per-other', due?: string) =>
    command('confirm-change', 'appeal-body', { change, ...(due ? { due } : {}) }, person);
  const asked = (change: string, due?: string, from = review) =>
    decide(from, ask(change, due)) as typeof review;
  const changed = (change: string, due?: string, from = review) =>
    decide(asked(change, due, from), confirm(change, 'per-other', due)) as typeof review;

  test('takes effect when a second person confirms it', () => {
    expect(asked('extend', '2027-04-10T10:00:00.000Z').wait?.due).toBe(review.wait?.due);
    const { wait } = changed('extend', '2027-04-10T10:00:00.000Z');
    expect(wait).toMatchObject({
      due: '2027-04-10T10:00:00.000Z',
      remindAt: '2027-04-08T10:00:00.000Z',
      lapseAt: '2027-04-20T10:00:00.000Z',
      requestedChange: null,
    });
    expect(wait?.escalations[0]).toEqual({ to: 'department-manager', at: '2027-04-11T10:00:00.000Z' });
  });

  test('is refused to the person who asked for it', () => {
    expect(decide(asked('suspend'), confirm('suspend', 'per-sponsor'))).toBe('same-person-twice');
  });

  test('is refused when nobody, or somebody else, asked for another', () => {
    expect(decide(review, confirm('suspend'))).toBe('no-change-requested');
    expect(decide(asked('suspend'), confirm('extend'))).toBe('no-change-requested');
    const extended = asked('extend', '2027-04-10T10:00:00.000Z');
    expect(decide(extended, confirm('extend', 'per-other', '2027-04-11T10:00:00.000Z'))).toBe(
      'no-change-requested',
    );
    expect(decide(extended, confirm('extend'))).toBe('no-change-requested');
  });

  test('is refused to those who may not change waits', () => {
    expect(decide(review, command('request-change', 'champion', { change: 'suspend', reason }))).toBe(
      'not-awaited',
    );
    const other = command('confirm-change', 'champion', { change: 'suspend' });
    expect(decide(asked('suspend'), other)).toBe('not-awaited');
  });

  test('is refused without a wait', () => {
    const idle = stateAt('project', { phase: 'funded' });
    expect(decide(idle, ask('suspend'))).toBe('not-awaited');
  });

  test.each([
    ['extend', undefined],
    ['extend', '2027-03-10T10:00:00.000Z'],
    ['extend', 'tomorrow'],
    ['rectify', undefined],
    ['resume', undefined],
  ])('is refused where it makes no sense: %s to %s', (change, due) => {
    expect(decide(review, ask(change, due))).toBe('invalid-change');
  });

  test('suspends: time stands still until it is resumed, and what was left is left', () => {
    const suspended = changed('suspend');
    expect(suspended.wait?.suspendedSince).toBe(now);
    expect(decide(suspended, ask('suspend', undefined, 'per-third'))).toBe('suspended');
    const later = '2027-03-08T10:00:00.000Z';
    const requested = asked('resume', undefined, suspended);
    const verdict = decideCommand(allDecisions.project, requested, confirm('resume', 'per-third'), later);
    expect(isRefusal(verdict) ? verdict : verdict.state.wait).toMatchObject({
      suspendedSince: null,
      due: '2027-03-15T10:00:00.000Z',
      remindAt: '2027-03-13T10:00:00.000Z',
    });
  });

  test('suspends only that wait: what is awaited beside it may still be done', () => {
    const wait = waitOf('project', 'delivery', { suspendedSince: now });
    const side = waitOf('project', 'champion-answer');
    const state = stateAt('project', {
      phase: 'delivery',
      stage: 'delivery',
      wait,
      sideStage: 'champion-answer',
      side,
    });
    expect(decide(state, command('answer-as-champion', 'champion'))).toMatchObject({ sideStage: null, wait });
  });

  test('rectifies an overdue wait: the ladder starts again', () => {
    const wait = waitOf('project', 'review', { reminded: true, overdue: true, escalated: 2 });
    const overdue = stateAt('project', { phase: 'qualified', stage: 'review', wait });
    expect(changed('rectify', '2027-03-30T10:00:00.000Z', overdue).wait).toMatchObject({
      overdue: false,
      escalated: 0,
      reminded: false,
    });
    expect(changed('rectify', '2027-03-04T10:00:00.000Z', overdue).wait).toMatchObject({ reminded: true });
  });

  test('is shown with its public reason', () => {
    const verdict = decideCommand(allDecisions.project, asked('suspend'), confirm('suspend'), now);
    expect(isRefusal(verdict) ? verdict : verdict.step).toMatchObject({
      name: 'confirm-change',
      waitEffect: 'suspended',
      data: { wait: 'review', reason },
    });
  });
});
