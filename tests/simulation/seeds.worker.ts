import { runSeed } from './run.ts';
import type { Outcome } from './run.ts';
import type { PlantName } from './plants.ts';
import { sealGlobals } from './world/sealed.globals.ts';

sealGlobals();

/** Runs seeds one after the other, up to the first that fails. */
export default async function runSeeds({
  seeds,
  plant,
}: {
  seeds: number[];
  plant?: PlantName;
}): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const seed of seeds) {
    const outcome = await runSeed(seed, plant);
    outcomes.push(outcome);
    if (outcome.violation) break;
  }
  return outcomes;
}
