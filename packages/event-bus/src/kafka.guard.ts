import { createRequire } from 'node:module';

interface RequestQueue {
  pending: unknown[];
  throttledUntil: number;
}
type Schedule = (this: RequestQueue) => void;

const require = createRequire(import.meta.url);
const queue = require('kafkajs/src/network/requestQueue/index.js') as {
  prototype: { scheduleCheckPendingRequests: Schedule };
};
const schedule = queue.prototype.scheduleCheckPendingRequests;

/**
 * kafkajs 2.2.4 schedules a check of its request queue with a negative delay when there is nothing to
 * check. Node turns that into one millisecond, the check schedules itself again, and each connection
 * wakes the process a thousand times a second; Node 24 warns of it. A check is needed only when
 * something is queued, or is throttled and may be queued: `push` schedules one of its own.
 */
queue.prototype.scheduleCheckPendingRequests = function guarded() {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this);
};
