import { workerData } from 'node:worker_threads';
import { leafWorker } from './leaf.thread.ts';
import type { LeafOutcome, LeafWork, LeafWorkSetting } from './leaf.work.ts';

const work = leafWorker(workerData as LeafWorkSetting);

/** Entry of the worker threads: see `leafWorker`. */
export default function run(leaves: LeafWork): LeafOutcome {
  return work(leaves);
}
