import { estimatePlan, ImpactError, panelLimits } from '@talkoot/impact/plan';
import type { Command } from 'commander';
import { readBounded } from '../bounded-file.ts';
import { isLive } from '../terminal.ts';
import { linesOf, tableOf } from './estimate.report.ts';

const MOST_PLAN = 1_000_000;

const toTry = `
To try it:
  talkoot impact estimate packages/impact/examples/school-food.plan.json packages/impact/examples/school-food.csv

A plan names for each criterion how it is compared (goal, before-after, comparison-units, synthetic-control,
interrupted-time-series) and which columns of the CSV hold what; packages/impact/README.md shows a whole one.`;

/** Adds `impact estimate PLAN.json DATA.csv`: the effect by each criterion's comparator, with every step. */
export function registerEstimate(impact: Command): void {
  const command = impact
    .command('estimate')
    .description('Estimate the effects that a measurement plan asks for from a CSV file, and show every step')
    .argument('<plan>', 'measurement plan as JSON, see packages/impact/schemas/measurement-plan.json')
    .argument('<data>', 'the readings as CSV in UTF-8 with a header')
    .addHelpText('after', toTry)
    .option('--json', 'print the estimates as packages/impact/schemas/estimates.json describes, unrounded')
    .action(async (plan: string, data: string, { json = false }: { json?: boolean }) => {
      command.showHelpAfterError(false);
      try {
        process.stdout.write(await estimated(plan, data, json));
      } catch (error) {
        if (!(error instanceof ImpactError)) throw error;
        command.error(`${error.code}: ${error.message}`, { exitCode: 1, code: error.code });
      }
    });
}

async function estimated(plan: string, data: string, json: boolean): Promise<string> {
  const estimates = estimatePlan(await readPlan(plan), await readBounded(data, panelLimits.bytes));
  if (json) return `${JSON.stringify(estimates, null, 2)}\n`;
  return isLive(process.stdout) ? tableOf(estimates) : linesOf(estimates);
}

/** @throws ImpactError `file-too-large`, `plan-malformed` */
async function readPlan(path: string): Promise<unknown> {
  const bytes = await readBounded(path, MOST_PLAN);
  if (bytes.length > MOST_PLAN)
    throw new ImpactError('file-too-large', `the plan is larger than ${MOST_PLAN} bytes`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new ImpactError('plan-malformed', `${path} is not JSON in UTF-8`);
  }
}
