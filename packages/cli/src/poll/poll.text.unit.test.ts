import { expect, test } from 'vitest';
import { awaitedInWords } from './poll.text.ts';

const due = '2026-12-27T08:00:00.000Z';

test.each([
  [
    'open',
    { awaiting: 'resident', dueAt: due, wait: 'voting' },
    'Awaited: resident (voting), until 2026-12-27 08:00:00 UTC',
  ],
  ['open', { awaiting: 'resident', dueAt: null }, 'Awaited: resident'],
  [
    'key-release',
    { awaiting: 'trustee', dueAt: due, overdue: true },
    'Awaited: trustee, until 2026-12-27 08:00:00 UTC, OVERDUE',
  ],
  [
    'open',
    { awaiting: 'resident', dueAt: due, suspended: true },
    'Awaited: resident, SUSPENDED: its time stands still',
  ],
  ['decided', { awaiting: null, dueAt: null }, 'Awaited: nobody; the poll has ended'],
])('a poll that is %s and awaits %o', (phase, standing, words) => {
  expect(awaitedInWords('pol-1', phase, standing)).toBe(words);
});

test.each([null, 'system'])(
  'while services are at work (%s) it does not say that nobody is awaited',
  (awaiting) => {
    const words = awaitedInWords('pol-1', 'closing', { awaiting, dueAt: null });
    expect(words).toMatch(/^Awaited: the system, .*talkoot lifecycle show pol-1$/);
  },
);
