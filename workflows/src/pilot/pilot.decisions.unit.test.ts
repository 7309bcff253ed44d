import type { StateOf } from '@talkoot/workflow-contracts';
import { describe, expect, test } from 'vitest';
import { command, decide, now, stateAt } from '../../test/decisions.ts';
import { takeFact } from '../lifecycle/decide.ts';
import { pilotDecisions } from './pilot.decisions.ts';

type Pilot = StateOf<'pilot'>;
const reason = { id: 'txt-1', sha256: 'a'.repeat(64) };
const [charter, other] = ['b'.repeat(64), 'c'.repeat(64)];
const limit = { amount: 100, currency: 'EUR' };
const at = (phase: Pilot['phase'], stage: Pilot['stage'], facts: Pilot['facts'] = {}) =>
  stateAt('pilot', { phase, stage, facts });

describe('permission', () => {
  const requested = at('permission-requested', 'permission', {
    charterSha256: charter,
    requestedBy: 'per-a',
  });
  const permit = (charterSha256: string, person = 'per-b') =>
    command(
      'permit',
      'budget-authority',
      { charterSha256, limit, expiresAt: '2030-01-01T00:00:00Z', fiscalYear: 2027 },
      person,
    );

  test('is for the charter that was asked for; the funds come next', () => {
    expect(decide(requested, permit(charter))).toMatchObject({
      phase: 'permitted',
      stage: null,
      facts: { limit },
    });
  });
  test('is refused for another charter', () => {
    expect(decide(requested, permit(other))).toBe('hash-mismatch');
  });
  test('is not given by who asked for it', () => {
    expect(decide(requested, permit(charter, 'per-a'))).toBe('same-person-twice');
  });
  test('that was refused may be appealed once', () => {
    const refuse = command('refuse', 'budget-authority', { reason });
    const refused = decide(requested, refuse) as Pilot;
    expect(refused).toMatchObject({ phase: 'permission-requested', stage: 'appeal' });
    expect(decide(refused, permit(charter))).toBe('not-awaited');
    const appealed = decide(refused, command('appeal', 'sponsor', { reason })) as Pilot;
    expect(appealed).toMatchObject({ phase: 'appealed', stage: 'appeal-decision' });
    const upheld = command('decide-appeal', 'appeal-body', { upheld: true, reason });
    const again = decide(appealed, upheld) as Pilot;
    expect(again).toMatchObject({ phase: 'permission-requested', stage: 'permission' });
    expect(decide({ ...again, seenFacts: [] }, refuse)).toMatchObject({ phase: 'refused' });
    expect(decide(again, command('appeal', 'sponsor', { reason }, 'per-2'))).toBe('appeal-used');
    const dismissed = command('decide-appeal', 'appeal-body', { upheld: false, reason });
    expect(decide(appealed, dismissed)).toMatchObject({ phase: 'refused' });
  });
  test.each(['per-budget-authority', 'per-sponsor'])(
    'its appeal is not decided by %s, who is concerned',
    (who) => {
      const refused = decide(requested, command('refuse', 'budget-authority', { reason })) as Pilot;
      const appealed = decide(refused, command('appeal', 'sponsor', { reason })) as Pilot;
      const upheld = command('decide-appeal', 'appeal-body', { upheld: true, reason }, who);
      expect(decide(appealed, upheld)).toBe('same-person-twice');
    },
  );
});

describe('an amendment of the charter', () => {
  const propose = command(
    'propose-amendment',
    'sponsor',
    { amendmentId: 'amd-1', charterSha256: other, reason },
    'per-a',
  );
  const countersign = (change: object, person = 'per-b') =>
    command(
      'countersign-amendment',
      'budget-authority',
      { amendmentId: 'amd-1', charterSha256: other, ...change },
      person,
    );
  const proposed = decide(at('running', 'rounds', { charterSha256: charter }), propose) as Pilot;

  test('is in force once the budget authority has counter-signed it', () => {
    expect(proposed.facts.charterSha256).toBe(charter);
    expect(decide(proposed, countersign({}))).toMatchObject({
      facts: { charterSha256: other, amendment: null },
    });
  });
  test('is refused when it is another, changed, or signed by one person twice', () => {
    expect(decide(proposed, countersign({ amendmentId: 'amd-2' }))).toBe('no-change-requested');
    expect(decide(proposed, countersign({ charterSha256: charter }))).toBe('hash-mismatch');
    expect(decide(proposed, countersign({}, 'per-a'))).toBe('same-person-twice');
  });
});

describe('a round', () => {
  test('is opened once', () => {
    const open = command('open-round', 'sponsor', { roundId: 'rnd-1', budget: limit });
    const opened = decide(at('running', 'rounds'), open) as Pilot;
    expect(opened.facts.rounds).toEqual(['rnd-1']);
    expect(decide({ ...opened, seenFacts: [] }, open)).toBe('already-decided');
  });

  test('counts as allocated once, however often that is reported, and only if it is of the pilot', () => {
    const state = at('running', 'rounds', { rounds: ['rnd-1'] });
    const report = (of: Pilot, roundId: string, factId: string) =>
      takeFact(pilotDecisions, of, { factId, name: 'round-allocated', data: { roundId } }, now)?.state;
    const allocated = report(state, 'rnd-1', 'one') as Pilot;
    expect(allocated.facts.allocatedRounds).toEqual(['rnd-1']);
    expect(report(allocated, 'rnd-1', 'another')).toBeUndefined();
    expect(report(state, 'rnd-9', 'two')).toBeUndefined();
  });
});
