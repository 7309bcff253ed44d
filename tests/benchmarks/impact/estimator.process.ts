import { decideScore, signEstimate } from '@talkoot/impact';
import type { Criterion, ScoreInput } from '@talkoot/impact';
import { serve } from '../side/serve.ts';
import { comparators, estimateBy, inventProjects } from './projects.ts';
import type { Comparator, ProjectData } from './projects.ts';

type Part = Comparator | 'whole';

let projects: ProjectData[] = [];
let texts: Record<Part, string[]> | undefined;

const criteria = comparators.map((comparator): Criterion => ({
  criterionId: comparator,
  metric: comparator,
  unit: 'units',
  baseline: { value: '100', at: '2026-01-01' },
  goal: '120',
  comparator,
  source: 'invented',
}));
const rules = { goalOn: 'effect', evidence: 'bound80', failureValue: '-1', sideEffectsMost: '0.2' } as const;

function scoreOf(data: ProjectData): string {
  const scored: ScoreInput['criteria'] = criteria.map((criterion, at) => ({
    criterion,
    votes: { yes: 300 - 50 * at, no: 40 },
    measured: signEstimate(estimateBy(comparators[at]!, data), criterion.unit),
  }));
  return decideScore({ rules, criteria: scored, sideEffects: [] }).score;
}

/** Milliseconds of processor time, of all threads: what else runs on the machine weighs little. */
function costOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

serve(
  {
    invent(count: number): void {
      projects = inventProjects(count);
      const each = (text: (data: ProjectData) => unknown) =>
        projects.map((data) => JSON.stringify(text(data)));
      const listed = comparators.map((one) => [one, each((data) => data[one])] as const);
      texts = { ...Object.fromEntries(listed), whole: each((data) => data) } as Record<Part, string[]>;
    },

    /** @returns milliseconds of processor time; every score and estimate is looked at, so that nothing is left out as unused */
    estimate: (part: Part, count: number) =>
      costOf(() => {
        for (const data of projects.slice(0, count))
          if (part === 'whole' ? scoreOf(data) === '' : Number.isNaN(estimateBy(part, data).estimate))
            throw new Error('no result');
      }),

    read: (part: Part, count: number) =>
      costOf(() => {
        for (const text of texts![part].slice(0, count))
          if (JSON.parse(text) === null) throw new Error('no data');
      }),
  },
  async () => undefined,
);
