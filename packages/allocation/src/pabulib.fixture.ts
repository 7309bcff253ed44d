import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const shared = process.env.TALKOOT_SHARED ?? join(import.meta.dirname, '../../../../shared');

/** Real elections stay outside the repository: their licence is unclear. Tests fail without them. */
export function readShared(name: string): Buffer {
  const path = join(shared, 'pabulib', name);
  try {
    return readFileSync(path);
  } catch {
    throw new Error(
      `${path} is missing: put the Pabulib files there, or name their folder in TALKOOT_SHARED`,
    );
  }
}

export const expectedOutcomes = (): Record<
  string,
  { greedy: { selected: string[]; cost: number }; votes: number; projects: number; budget: number }
> => JSON.parse(readShared('expected.json').toString());
