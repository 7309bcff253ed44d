import { initialState } from '@talkoot/workflow-contracts';
import type { LifecycleKind, StateOf } from '@talkoot/workflow-contracts';
import { expect, test } from 'vitest';
import { awaitedIn, describe } from './visibility.ts';

const proposed = initialState('project', { id: 'prj-1', municipalityId: 'lintula', pilotId: 'pil-1' });
const project = (changes: Partial<StateOf<'project'>>) =>
  ({ ...proposed, ...changes }) as StateOf<LifecycleKind>;

test('the system is awaited while nobody else is', () => {
  const atWork = project({ phase: 'proposed', stage: 'endorsement' });
  expect(awaitedIn(atWork)).toBe('system');
  expect(describe(atWork, null, [], null)).toContain('Waiting for the **system**');
});

test.each(['closed', 'lapsed', 'refused'] as const)('a project that is %s awaits nobody', (phase) => {
  const ended = project({ phase });
  expect(awaitedIn(ended)).toBeNull();
  expect(describe(ended, null, [], null)).toContain('nobody is awaited');
});
