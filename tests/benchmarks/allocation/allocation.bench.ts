import { existsSync } from 'node:fs';
import { comparedRules, sharedFile } from '@talkoot/allocation/testing';
import type { AllocationRule } from '@talkoot/allocation';
import { sideFor } from '../bench.ts';
import type { BenchContext, Measured } from '../bench.ts';
import { figure } from '../report/figure.ts';
import type { Pair } from '../report/figure.ts';
import type { Figure } from '../report/report.shape.ts';
import type { Side } from '../side/side.ts';
import { startPabutools } from './pabutools.ts';
import type { Baseline, Decided } from './pabutools.ts';

const full = { rounds: 3, votes: 1_000_000, projects: 300, smallest: 1_000, longestOnce: 10_000 };
const quick = { rounds: 1, votes: 2_000, projects: 30, smallest: 200, longestOnce: 10_000 };
type Sizes = typeof full;

const rules: Readonly<Record<string, AllocationRule>> = comparedRules;

const small = [['Assen', 'Netherlands_Assen_2024.pb']] as const;
const elections = [
  ...small,
  ['Swiecie', 'Poland_Swiecie_2023.pb'],
  ['Toulouse', 'France_Toulouse_2022.pb'],
  ['Gdynia', 'Poland_Gdynia_2023_Green_Budget.pb'],
  ['Bemowo', 'Poland_Warszawa_2023_Bemowo.pb'],
] as const;
/** pabutools needs a quarter of an hour for these. */
const leftOut = ['Toulouse add1'];

/** Wall time of the rules on real elections, and how it grows on synthetic ones. */
export async function measureAllocation(context: BenchContext): Promise<Measured> {
  const sizes = context.quick ? quick : full;
  const side = await sideFor(context, '../allocation/allocator.process.ts');
  const baseline = await baselineFor(context, side);
  const known = baseline.name.startsWith('pabutools') && !context.quick ? elections : small;
  const figures: Figure[] = [];
  for (const [name, file] of known.filter(([, path]) => existsSync(sharedFile(path)))) {
    for (const [ruleName, rule] of Object.entries(rules)) {
      if (leftOut.includes(`${name} ${ruleName}`) || (context.quick && ruleName === 'add1')) continue;
      context.progress.stage(`${name} by ${ruleName}`);
      figures.push(await measureReal({ side, baseline, sizes }, { name, file, ruleName, rule }));
    }
  }
  figures.push(...(await measureGrowth(context, side, sizes)));
  const { rounds, votes, projects } = sizes;
  return { sizes: { rounds, votes, projects }, figures };
}

async function baselineFor(context: BenchContext, side: Side): Promise<Baseline> {
  const pabutools = context.quick ? 'not asked for' : await startPabutools(context);
  if (typeof pabutools !== 'string') return pabutools;
  context.progress.stage(`without pabutools (${pabutools}): compared with the slow second implementation`);
  return {
    name: 'the slow second implementation',
    decide: (path, rule) => side.call<Decided>('decideSlowly', path, rules[rule]),
  };
}

interface Real {
  readonly name: string;
  readonly file: string;
  readonly ruleName: string;
  readonly rule: AllocationRule;
}

async function measureReal(
  { side, baseline, sizes }: { side: Side; baseline: Baseline; sizes: Sizes },
  { name, file, ruleName, rule }: Real,
): Promise<Figure> {
  const path = sharedFile(file);
  await side.call('decide', path, rule);
  const rounds: Pair[] = [];
  for (let round = 0; round < sizes.rounds; round += 1) {
    const ours = await side.call<Decided>('decide', path, rule);
    const theirs = await baseline.decide(path, ruleName);
    if (ours.selected.join() !== theirs.selected.join())
      throw new Error(`${name} by ${ruleName}: ${baseline.name} selects something else`);
    rounds.push({ ours: ours.milliseconds, baseline: theirs.milliseconds });
    if (theirs.milliseconds > sizes.longestOnce) break;
  }
  const title = `${name} by ${ruleName}`;
  return figure({ name: `${ruleName}-${name}`, title, unit: 'ms', against: baseline.name }, rounds);
}

/** Each size beside the one with a tenth of its votes: the ratio is the growth for ten times the votes. */
async function measureGrowth(context: BenchContext, side: Side, sizes: Sizes): Promise<Figure[]> {
  const times = new Map<string, number[]>();
  const measured: number[] = [];
  for (let votes = sizes.smallest; votes <= sizes.votes; votes *= 10) measured.push(votes);
  for (const votes of measured) {
    context.progress.stage(`${votes} votes, ${sizes.projects} projects`);
    const increment = await side.call<number>('invent', votes, sizes.projects);
    for (const [ruleName, rule] of Object.entries(rules)) {
      const asked = rule.rule === 'equal-shares' ? { ...rule, increment } : rule;
      await (votes < 100_000 ? side.call('decideInvented', asked) : undefined);
      const taken: number[] = [];
      for (let round = 0; round < (votes < 1_000_000 ? sizes.rounds : 1); round += 1)
        taken.push(await side.call<number>('decideInvented', asked));
      times.set(`${ruleName}-${votes}`, taken);
    }
  }
  return Object.keys(rules).flatMap((ruleName) =>
    measured.slice(1).map((votes) => {
      const [ours, tenth] = [times.get(`${ruleName}-${votes}`)!, times.get(`${ruleName}-${votes / 10}`)!];
      const title = `${votes.toLocaleString('en')} votes × ${sizes.projects} projects by ${ruleName}`;
      const label = { name: `${ruleName}-${votes}`, title, unit: 'ms', against: 'a tenth of the votes' };
      return figure(
        label,
        ours.map((time, round) => ({ ours: time, baseline: tenth[round]! })),
      );
    }),
  );
}
