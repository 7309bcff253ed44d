import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Piscina } from 'piscina';
import { progressOn } from '../benchmarks/report/progress.ts';
import { plants } from './plants.ts';
import type { PlantName } from './plants.ts';
import type { Outcome } from './run.ts';

const usage = `usage: npm run simulate -- [--seeds N] [--seed S] [--plant NAME] [--json]
  --seeds  how many runs, 1,000 unless said; each is one seed
  --seed   the first seed, 1 unless said; without --seeds only this one
  --plant  put a bug in, to see that it is found: ${Object.keys(plants).join(', ')}
  --json   print the report as data; progress goes to stderr either way
`;
const mostSeeds = 1_000_000;
const inPiece = 20;

interface Asked {
  readonly first: number;
  readonly number: number;
  readonly plant: PlantName | undefined;
  readonly json: boolean;
}

/** What a simulation found, as `--json` prints it. */
export interface Report {
  readonly firstSeed: number;
  /** Runs that came to rest with every rule held. */
  readonly clean: number;
  readonly steps: number;
  readonly seconds: number;
  /** SHA-256 over the hashes of all clean runs in order: the same seeds give the same. */
  readonly hash: string;
  readonly plant: PlantName | null;
  /** The lowest seed that fails among those that were run. */
  readonly failure:
    | (NonNullable<Outcome['violation']> & { readonly seed: number; readonly again: string })
    | null;
}

const asked = readArguments(process.argv.slice(2));
if (typeof asked === 'string') {
  process.stderr.write(`${asked}\n${usage}`);
  process.exit(2);
}
const report = await simulate(asked);
process.stdout.write(asked.json ? `${JSON.stringify(report, null, 2)}\n` : textOf(report));
process.exit(report.failure ? 1 : 0);

function readArguments(words: string[]): Asked | string {
  const options = {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    plant: { type: 'string' },
    json: { type: 'boolean', default: false },
  } as const;
  try {
    const { values } = parseArgs({ args: words, options });
    const number = Number(values.seeds ?? (values.seed === undefined ? 1_000 : 1));
    const first = Number(values.seed ?? 1);
    if (!Number.isInteger(number) || number < 1 || number > mostSeeds) {
      return `A number of seeds is from 1 to ${mostSeeds}.`;
    }
    if (!Number.isInteger(first) || first < 0 || first > 2 ** 31 - 1 - number) {
      return 'A seed is a whole number from 0 to 2147483647.';
    }
    const { plant } = values;
    if (plant !== undefined && !isPlant(plant)) return `Plants are: ${Object.keys(plants).join(', ')}.`;
    return { first, number, plant, json: values.json };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isPlant(word: string): word is PlantName {
  return Object.hasOwn(plants, word);
}

async function simulate({ first, number, plant }: Asked): Promise<Report> {
  const begun = performance.now();
  const progress = progressOn(process.stderr);
  progress.stage(`${number} runs from seed ${first}${plant ? `, with ${plant} planted` : ''}`);
  const workers = Math.min(availableParallelism(), Math.ceil(number / inPiece));
  const pool = new Piscina<{ seeds: number[]; plant?: PlantName }, Outcome[]>({
    filename: new URL('seeds.worker.ts', import.meta.url).href,
    minThreads: workers,
    maxThreads: workers,
  });
  const pieces = Array.from({ length: Math.ceil(number / inPiece) }, (_, piece) =>
    Array.from(
      { length: Math.min(inPiece, number - piece * inPiece) },
      (_one, at) => first + piece * inPiece + at,
    ),
  );
  const outcomes: Outcome[] = [];
  let isFailed = false;
  const work = async () => {
    for (let seeds = pieces.shift(); seeds && !isFailed; seeds = pieces.shift()) {
      const done = await pool.run({ seeds, ...(plant ? { plant } : {}) });
      outcomes.push(...done);
      isFailed ||= done.some(({ violation }) => violation !== null);
      progress.count(outcomes.length, number);
    }
  };
  try {
    await Promise.all(Array.from({ length: workers }, work));
  } finally {
    progress.end();
    await pool.destroy();
  }
  const seconds = Math.round((performance.now() - begun) / 100) / 10;
  return reportOf(outcomes, { firstSeed: first, seconds, plant: plant ?? null });
}

function reportOf(outcomes: Outcome[], about: Pick<Report, 'firstSeed' | 'seconds' | 'plant'>): Report {
  const sorted = outcomes.toSorted((a, b) => a.seed - b.seed);
  const failed = sorted.find(({ violation }) => violation !== null);
  const clean = sorted.filter(({ violation }) => violation === null);
  const hash = createHash('sha256');
  for (const one of clean) hash.update(one.hash);
  const planted = about.plant ? ` --plant ${about.plant}` : '';
  return {
    ...about,
    clean: clean.length,
    steps: sorted.reduce((sum, { steps }) => sum + steps, 0),
    hash: hash.digest('hex'),
    failure: failed
      ? {
          seed: failed.seed,
          ...failed.violation!,
          again: `npm run simulate -- --seed ${failed.seed}${planted}`,
        }
      : null,
  };
}

function textOf({ clean, steps, seconds, hash, failure }: Report): string {
  const done = `${clean} runs clean, ${steps} steps in ${seconds} s, hash ${hash.slice(0, 16)}\n`;
  if (!failure) return done;
  const { seed, step, says, lastEvents, again } = failure;
  return [
    done,
    `Seed ${seed} fails at step ${step}: ${says}\n`,
    'The last events:\n',
    ...lastEvents.map((line) => `${line}\n`),
    `\nTo repeat it: ${again}\n`,
  ].join('');
}
