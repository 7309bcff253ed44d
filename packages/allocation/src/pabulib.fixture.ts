import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const shared = process.env.TALKOOT_SHARED ?? join(import.meta.dirname, '../../../../shared');

export const sharedFile = (name: string): string => join(shared, 'pabulib', name);

/** Real elections stay outside the repository: their licence is unclear. Tests fail without them. */
export function readShared(name: string): Buffer {
  const path = sharedFile(name);
  try {
    return readFileSync(path);
  } catch {
    throw new Error(
      `${path} is missing: put the Pabulib files there, or name their folder in TALKOOT_SHARED`,
    );
  }
}

interface Outcome {
  readonly selected: readonly string[];
  readonly cost: number;
}

/** What pabutools says: for each file its sizes, and an outcome for each rule. */
export const expectedOutcomes = (): Record<
  string,
  { votes: number; projects: number; budget: number } & Record<string, Outcome>
> => JSON.parse(readShared('expected.json').toString());
