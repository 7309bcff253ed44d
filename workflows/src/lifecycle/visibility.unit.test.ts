import { initialState } from '@talkoot/workflow-contracts';
import type { LifecycleKind, StateOf, Wait } from '@talkoot/workflow-contracts';
import { expect, test } from 'vitest';
import { waitOf } from '../../test/decisions.ts';
import { awaitedIn, describe } from './visibility.ts';

const about = { id: 'prj-1', municipalityId: 'lintula', pilotId: 'pil-1' };
const proposed = initialState('project', about);
type AnyState = StateOf<LifecycleKind>;
const project = (changes: Partial<StateOf<'project'>>) => ({ ...proposed, ...changes }) as AnyState;
const poll = (wait: Wait) =>
  ({ ...initialState('poll', about), stage: wait.name, wait }) as unknown as AnyState;
const nothing = { phase: null, acts: [] };
const told = (state: AnyState) => describe(state, nothing, [], null);

const released = waitOf('poll', 'release', {
  since: '2026-10-25T00:30:00.000Z',
  remindAt: null,
  due: '2026-10-26T14:00:59.000Z',
  escalations: [
    { to: 'poll-officer', at: '2026-10-28T14:00:59.000Z' },
    { to: 'sponsor', at: '2026-10-30T14:00:59.000Z' },
  ],
  lapseAt: '2026-11-01T14:00:59.000Z',
});

test('the system is awaited while nobody else is', () => {
  const atWork = project({ phase: 'proposed', stage: 'endorsement' });
  expect(awaitedIn(atWork)).toBe('system');
  expect(told(atWork)).toContain('Waiting for the **system**; next comes **resident**');
});

test.each(['closed', 'lapsed', 'refused'] as const)('a project that is %s awaits nobody', (phase) => {
  const ended = project({ phase });
  expect(awaitedIn(ended)).toBeNull();
  expect(told(ended)).toContain('nobody is awaited');
});

test('instants are those of the clocks of the place, whatever the season', () => {
  const summer = { ...released, since: '2026-10-24T23:30:00.000Z' };
  expect(told(poll(summer))).toContain('since 2026-10-25 02:30: release');
  expect(told(poll(released))).toContain('since 2026-10-25 03:30: release');
  expect(told(poll(released))).toContain('Due **2026-10-26 16:00** (Europe/Helsinki)');
});

test('a duty tells who hears of it when, who has heard, and when it lapses', () => {
  expect(told(poll(released))).toContain(
    'When it is overdue: poll-officer is told 2026-10-28 16:00, sponsor is told 2026-10-30 16:00, it lapses 2026-11-01 16:00',
  );
  const late = poll({ ...released, overdue: true, escalated: 1, lapseAt: null });
  expect(told(late)).toContain('**overdue**. When it is overdue: poll-officer was told, sponsor is told');
  expect(told(late)).toContain('it stays open until they act');
});

test('a window tells that it closes, a chance that it ends', () => {
  expect(told(poll({ ...released, name: 'voting' }))).toContain('Then it goes on by itself');
  const chance = project({ stage: 'endorsement', wait: { ...released, name: 'endorsement' } });
  expect(told(chance)).toContain('Then the chance is over');
});

test('what two people change is told until the second one confirms', () => {
  const change = { change: 'extend', due: '2026-12-01T10:00:00.000Z', by: 'per-1' } as const;
  const asked = { ...released, requestedChange: { ...change, reason: { id: 'txt-1', sha256: '' } } };
  expect(told(poll(asked as unknown as Wait))).toContain('asked to **extend** it to 2026-12-01 12:00');
  const suspended = poll({ ...released, suspendedSince: '2026-10-25T12:00:00.000Z' });
  expect(told(suspended)).toContain('**Suspended** since 2026-10-25 14:00');
  expect(told(suspended)).not.toContain('Due');
});

test('acts are a list of their own, and only while somebody is awaited', () => {
  const said = { phase: 'words', acts: ['one', 'two'] };
  expect(describe(poll(released), said, [], null)).toContain('\n\n- one\n- two\n\n');
  expect(describe(project({ stage: 'endorsement' }), said, [], null)).not.toContain('- one');
});

test('work that a service refused names how to have it tried again', () => {
  const work = { summary: 'publish', since: '2026-10-25T12:00:00.000Z', trouble: 'not-found: none' };
  expect(describe(project({}), nothing, [work], null)).toContain('talkoot lifecycle try-again prj-1');
});
