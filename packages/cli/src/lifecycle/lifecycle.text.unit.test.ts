import { initialState } from '@talkoot/workflow-contracts';
import { expect, test } from 'vitest';
import { describeLifecycle, listHead, listLine } from './lifecycle.text.ts';

const state = initialState('poll', { id: 'pol-1', municipalityId: 'lintula', pilotId: 'pil-1' });
const running = { status: 'running', events: 10, pending: [], details: null };

test('columns stand under one another, also for the longest id', () => {
  const view = {
    kind: 'poll',
    phase: 'open',
    awaiting: 'resident',
    wait: 'voting',
    since: null,
    dueAt: null,
  };
  const id = `pol-c-${'x'.repeat(20)}`;
  const line = listLine({
    ...view,
    id,
    municipalityId: 'lintula',
    overdue: false,
    suspended: false,
    step: 1,
  });
  expect(line.indexOf('lintula')).toBe(listHead.indexOf('municipality'));
  expect(line.indexOf('voting')).toBe(listHead.lastIndexOf('wait'));
});

test('what the workflow says is read without its Markdown', () => {
  const details =
    '**poll pol-1**: **open**\n\n- **trustee** checks: `talkoot x`\n- two\n\n[Public page](http://a/b)';
  expect(describeLifecycle({ state, terminal: false }, { ...running, details }, 'http://ui')).toContain(
    [
      'What its workflow says:',
      '  poll pol-1: open',
      '  - trustee checks: talkoot x',
      '  - two',
      '  Public page: http://a/b',
    ].join('\n'),
  );
});

test('a workflow that is lost or was ended comes with the command that starts it again', () => {
  for (const status of ['unknown', 'terminated', 'cancelled']) {
    const text = describeLifecycle({ state, terminal: false }, { ...running, status }, 'http://ui');
    expect(text).toContain(
      `workflow: ${status}, 10 events; start it again with: talkoot lifecycle rebuild pol-1`,
    );
  }
  const ended = describeLifecycle(
    { state, terminal: true },
    { ...running, status: 'completed' },
    'http://ui',
  );
  expect(ended).not.toContain('rebuild');
});
