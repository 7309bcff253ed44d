import { measureAll } from './estimates.ts';
import type { Measured } from './estimates.ts';

export type Measuring = Parameters<typeof measureAll>;

/** Entry of the threads of `Drafting`: the estimates alone, so that a thread has little to load. */
export default function measuring(input: Measuring): Measured[] {
  return measureAll(...input);
}
