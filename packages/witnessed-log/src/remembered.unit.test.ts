import { expect, test, vi } from 'vitest';
import { Remembered } from './remembered.ts';

function clock() {
  let at = 0;
  return { now: () => at, forMs: 60_000, pass: (ms: number) => void (at += ms) };
}

test('a good answer holds for its time from when it was asked, then it is asked again', async () => {
  const remembered = new Remembered();
  const time = clock();
  const ask = vi.fn<() => Promise<void>>(async () => time.pass(10));
  await remembered.ask('a', ask, time);
  time.pass(59_989);
  await remembered.ask('a', ask, time);
  expect(ask).toHaveBeenCalledTimes(1);
  time.pass(1);
  await remembered.ask('a', ask, time);
  expect(ask).toHaveBeenCalledTimes(2);
});

test('a bad answer is never remembered', async () => {
  const remembered = new Remembered();
  const ask = vi.fn<() => Promise<void>>().mockRejectedValue(new Error('behind'));
  await expect(remembered.ask('a', ask, clock())).rejects.toThrow('behind');
  await expect(remembered.ask('a', ask, clock())).rejects.toThrow('behind');
  expect(ask).toHaveBeenCalledTimes(2);
});

test('who asks while somebody asks gets that answer', async () => {
  const remembered = new Remembered();
  const { promise, resolve } = Promise.withResolvers<void>();
  const ask = vi.fn<() => Promise<void>>(() => promise);
  const both = [remembered.ask('a', ask, clock()), remembered.ask('a', ask, clock())];
  resolve();
  await Promise.all(both);
  expect(ask).toHaveBeenCalledTimes(1);
});

test('an answer about one log says nothing about another, and can be forgotten', async () => {
  const remembered = new Remembered();
  const time = clock();
  const ask = vi.fn<() => Promise<void>>(async () => undefined);
  await remembered.ask('a', ask, time);
  await remembered.ask('b', ask, time);
  remembered.forget('a');
  await remembered.ask('a', ask, time);
  expect(ask).toHaveBeenCalledTimes(3);
});

test('of a thousand answers the oldest gives way', async () => {
  const remembered = new Remembered();
  const time = clock();
  const ask = vi.fn<() => Promise<void>>(async () => undefined);
  for (let n = 0; n <= 1_000; n += 1) await remembered.ask(`log ${n}`, ask, time);
  await remembered.ask('log 1', ask, time);
  expect(ask).toHaveBeenCalledTimes(1_001);
  await remembered.ask('log 0', ask, time);
  expect(ask).toHaveBeenCalledTimes(1_002);
});
