import { plants } from './plants.ts';
import type { PlantName } from './plants.ts';
import { requireAtRest } from './invariants/rest.ts';
import { watch } from './invariants/rules.ts';
import type { Scene } from './invariants/rules.ts';
import { financeGroup } from './town/place.ts';
import { foundTown, realParts } from './town/town.ts';
import type { Town } from './town/town.ts';
import { randomFrom } from './world/random.ts';
import { enter } from './world/sealed.globals.ts';
import { Violation, World } from './world/world.ts';
import type { Faults } from './world/world.ts';
import type { Random } from './world/random.ts';

/** How one run ended. */
export interface Outcome {
  readonly seed: number;
  readonly steps: number;
  /** SHA-256 of the whole history and of what the stores hold at its end. */
  readonly hash: string;
  readonly violation: {
    readonly step: number;
    readonly says: string;
    readonly lastEvents: readonly string[];
  } | null;
}

const startsAt = Date.UTC(2027, 2, 1, 9);
const mostSteps = 30_000;

/** Runs one seed to its rest or to the first rule that does not hold. */
export async function runSeed(seed: number, plant?: PlantName): Promise<Outcome> {
  const random = randomFrom(seed);
  let town: Town | null = null;
  const world = new World({
    random,
    faults: someFaults(random),
    calmAfter: random.between(300, 2_500),
    mostSteps,
    startsAt,
    onCrash: (process) => town?.onCrash(process),
    mayCrash: ({ name }) => name.startsWith('payments-') || name === financeGroup,
  });
  enter(world);
  try {
    town = await foundTown(world, { ...realParts, ...(plant ? plants[plant].parts : {}) });
    await live(world, town);
    return { seed, steps: world.step, hash: world.digest(outcomeOf(town)), violation: null };
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    const violation = { step: world.step, says: error.message, lastEvents: [...world.lastEvents] };
    return { seed, steps: world.step, hash: world.digest(error.message), violation };
  }
}

async function live(world: World, town: Town): Promise<void> {
  const { books, bank, topic, engine } = town;
  const scene: Scene = { books, bank, messages: topic.messages };
  await world.run(town.isOver, watch(scene));
  requireAtRest({ ...scene, engine, group: financeGroup });
}

/** From runs in which little goes wrong to such in which much does. */
function someFaults(random: Random): Faults {
  const rate = () => random.pick([0, 0.002, 0.01, 0.03]);
  return { crash: random.pick([0, 0.001, 0.005, 0.02]), loss: rate() * 3, repeat: rate() * 4, abort: rate() };
}

const outcomeOf = ({ books, bank, topic }: Town): string =>
  JSON.stringify([
    books.entries(),
    books.obligations(),
    books.attempts(),
    books.booked(),
    bank.movements,
    topic.messages,
  ]);
