import { createRequire } from 'node:module';
import { expect, it, vi } from 'vitest';
import './kafka.guard.ts';

interface Queue {
  pending: unknown[];
  throttledUntil: number;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
  destroy(): void;
}
const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as new (
  options: object,
) => Queue;
const newQueue = () =>
  new RequestQueue({
    clientId: 'test',
    broker: 'test',
    maxInFlightRequests: null,
    requestTimeout: 1_000,
    enforceRequestTimeout: false,
    logger: { debug: () => undefined },
  });

it('sets no timer while nothing is queued, so that an idle connection does not wake the process', () => {
  const setTimer = vi.spyOn(globalThis, 'setTimeout');
  newQueue().checkPendingRequests();
  expect(setTimer).not.toHaveBeenCalled();
  setTimer.mockRestore();
});

it('still checks again when the broker throttles', () => {
  const setTimer = vi.spyOn(globalThis, 'setTimeout');
  const queue = newQueue();
  queue.throttledUntil = Date.now() + 500;
  queue.scheduleCheckPendingRequests();
  expect(setTimer).toHaveBeenCalledOnce();
  expect(setTimer.mock.calls[0]?.[1]).toBeGreaterThan(0);
  queue.destroy();
  setTimer.mockRestore();
});
