import { countRecords } from './counting.thread.ts';
import type { Counted, Counting } from './counting.thread.ts';

/** Entry of the thread that counts: see `countRecords`. */
export default function run(counting: Counting): Counted {
  return countRecords(counting);
}
