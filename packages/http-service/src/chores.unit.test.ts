import { expect, it, vi } from 'vitest';
import { startChores } from './chores.ts';
import { createLog } from './log.ts';

const log = createLog('test', 'silent');
/** Lets everything run that does not wait for a clock. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

it('a chore that fails stops neither the others nor the next round', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const done: string[] = [];
  const failing = vi.fn<() => Promise<void>>(async () => {
    throw new Error('No');
  });
  const chores = startChores({ failing, other: async () => done.push('other') }, log);
  await settled();
  vi.advanceTimersByTime(60_000);
  await settled();
  expect([failing.mock.calls.length, done]).toEqual([2, ['other', 'other']]);
  await chores.stop();
  vi.advanceTimersByTime(120_000);
  expect(failing).toHaveBeenCalledTimes(2);
  vi.useRealTimers();
});

it('a slow round is not overtaken by the next one, and stopping waits for it', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { promise, resolve } = Promise.withResolvers<void>();
  const slow = vi.fn<() => Promise<void>>(() => promise);
  const chores = startChores({ slow }, log);
  vi.advanceTimersByTime(180_000);
  expect(slow).toHaveBeenCalledTimes(1);
  let stopped = false;
  const stopping = chores.stop().then(() => (stopped = true));
  await settled();
  expect(stopped).toBe(false);
  resolve();
  await stopping;
  vi.useRealTimers();
});
