import { workerData } from 'node:worker_threads';
import { leafWorker } from './leaf.thread.ts';
import type { LeafOutcome, LeafWork, LeafWorkSetting } from './leaf.work.ts';

// node:crypto tells kinds of keys apart by exceptions: to record where each came from takes a tenth of a leaf's time.
Error.stackTraceLimit = 0;
const work = leafWorker(workerData as LeafWorkSetting);

/** Entry of the worker threads: see `leafWorker`. */
export default function run(leaves: LeafWork): LeafOutcome {
  return work(leaves);
}
