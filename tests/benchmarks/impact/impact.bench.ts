import { sideFor } from '../bench.ts';
import type { BenchContext, Measured } from '../bench.ts';
import { figure } from '../report/figure.ts';
import type { Pair } from '../report/figure.ts';
import type { Figure } from '../report/report.shape.ts';
import { comparators } from './projects.ts';

const full = { projects: 10_000, rounds: 3 };
const tiny = { projects: 50, rounds: 1 };

/** Estimation, signing and score of whole projects, and each comparator by itself, against reading the same data as JSON. */
export async function measureImpact(context: BenchContext): Promise<Measured> {
  const sizes = context.quick ? tiny : full;
  const side = await sideFor(context, '../impact/estimator.process.ts');
  context.progress.stage(`inventing ${sizes.projects} projects`);
  await side.call('invent', sizes.projects);
  const parts = ['whole', ...comparators] as const;
  const figures: Figure[] = [];
  for (const part of parts) {
    context.progress.stage(part);
    await side.call('estimate', part, Math.ceil(sizes.projects / 20));
    const rounds: Pair[] = [];
    for (let round = 0; round < sizes.rounds; round += 1) {
      const ours = await side.call<number>('estimate', part, sizes.projects);
      const baseline = await side.call<number>('read', part, sizes.projects);
      rounds.push({ ours, baseline });
    }
    const title =
      part === 'whole'
        ? `${sizes.projects} projects of four criteria: estimated, signed, scored`
        : `${sizes.projects} estimates: ${part}`;
    figures.push(figure({ name: part, title, unit: 'ms', against: 'reading the same data as JSON' }, rounds));
  }
  return { sizes, figures };
}
