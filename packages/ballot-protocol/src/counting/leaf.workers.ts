import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { leafWorker } from './leaf.thread.ts';
import type { LeafOutcome, LeafWork, LeafWorkSetting } from './leaf.work.ts';

/** Checks leaves on all cores; the first batch in this thread, as most boards have no second. */
export class LeafWorkers {
  readonly threads = availableParallelism();
  readonly #setting: LeafWorkSetting;
  #batches = 0;
  #pool: Piscina<LeafWork, LeafOutcome> | undefined;

  constructor(setting: LeafWorkSetting) {
    this.#setting = setting;
  }

  /** @param leaves handed over: nobody else has them afterwards */
  async run(leaves: Uint8Array<ArrayBuffer>): Promise<LeafOutcome> {
    this.#batches += 1;
    if (this.#batches === 1) return leafWorker(this.#setting)({ leaves });
    this.#pool ??= new Piscina({
      filename: new URL('leaf.worker.ts', import.meta.url).href,
      workerData: this.#setting,
      minThreads: this.threads,
      maxThreads: this.threads,
    });
    return this.#pool.run({ leaves }, { transferList: [leaves.buffer] });
  }

  async end(): Promise<void> {
    await this.#pool?.destroy();
  }
}
