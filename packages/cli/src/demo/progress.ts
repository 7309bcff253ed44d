import { Listr } from 'listr2';
import { isLive } from '../terminal.ts';

/** How far a step is. */
export interface Report {
  count(done: number, all: number): void;
  say(text: string): void;
}

export interface Step {
  readonly title: string;
  readonly run: (report: Report) => Promise<void>;
}

const WIDTH = 24;

/** Bar of a step, e.g. `██████░░░░ 1,204 of 2,553`. */
export function barOf(done: number, all: number): string {
  const filled = all === 0 ? WIDTH : Math.floor((done / all) * WIDTH);
  const counts = `${done.toLocaleString('en')} of ${all.toLocaleString('en')}`;
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${counts}`;
}

/** Runs steps in order: live bars on a terminal, a line for each step without one, lines on stderr with `--json`. */
export async function runSteps(
  steps: readonly Step[],
  options: { json: boolean },
): Promise<Map<string, number>> {
  const seconds = new Map<string, number>();
  const timed = async (step: Step, report: Report) => {
    const begun = performance.now();
    await step.run(report);
    seconds.set(step.title, Math.round((performance.now() - begun) / 100) / 10);
  };
  if (options.json || !isLive(process.stdout)) await runPlainly(steps, timed, options.json);
  else await runLive(steps, timed);
  return seconds;
}

async function runPlainly(
  steps: readonly Step[],
  run: (step: Step, report: Report) => Promise<void>,
  json: boolean,
): Promise<void> {
  const out = json ? process.stderr : process.stdout;
  const write = (text: string) => out.write(`${text}\n`);
  for (const [index, step] of steps.entries()) {
    const begun = performance.now();
    let tenth = 0;
    await run(step, {
      say: (text) => write(`      ${text}`),
      count(done, all) {
        const now = Math.floor((done / Math.max(all, 1)) * 4);
        if (all >= 200 && now > tenth) write(`      ${done} of ${all}`);
        tenth = now;
      },
    });
    const took = ((performance.now() - begun) / 1000).toFixed(1);
    write(`[${String(index + 1).padStart(2)}/${steps.length}] ${step.title} (${took} s)`);
  }
}

async function runLive(
  steps: readonly Step[],
  run: (step: Step, report: Report) => Promise<void>,
): Promise<void> {
  const tasks = steps.map((step) => ({
    title: step.title,
    task: async (_: unknown, task: { output: string; title: string }) => {
      await run(step, {
        say: (text) => (task.output = text),
        count: (done, all) => (task.output = barOf(done, all)),
      });
    },
  }));
  await new Listr(tasks, {
    // Its own answer to Ctrl-C is to exit, whatever still runs; whoever called us stops that first.
    registerSignalListeners: false,
    rendererOptions: { collapseErrors: false },
  }).run();
}
