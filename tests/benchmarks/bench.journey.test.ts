import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ReportShape } from './report/report.shape.ts';

const script = fileURLToPath(new URL('run.ts', import.meta.url));

function bench(...words: string[]) {
  const child = spawn(process.execPath, [script, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  const output = Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  const ended = output.then(([stdout, stderr, [code]]) => ({ stdout, stderr, code: code as number | null }));
  return { child, ended };
}

it.each([
  [
    'lifecycle',
    ['lifecycles-per-second', 'time-per-step', 'lifecycle-events', 'worker-memory', 'server-cpu'],
  ],
  ['events', ['delay-p50', 'delay-p99', 'events-per-second-single', 'events-per-second-together']],
  ['allocation', ['greedy-Assen', 'equal-shares-Assen', 'add1-2000']],
  ['verify', ['cpu', 'wall', 'memory']],
  ['ledger', ['one-pilot-1', 'one-pilot-100', 'many-pilots-100']],
  ['ballots', ['ballots-per-second', 'p50', 'p99', 'ballots-per-second-against-echo']],
  ['impact', ['whole', 'synthetic-control', 'interrupted-time-series']],
] as const)(
  'runs %s with tiny sizes and prints a report of the documented shape',
  { timeout: 240_000 },
  async (benchmark, names) => {
    const { stdout, stderr, code } = await bench(benchmark, '--quick', '--json').ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const report = ReportShape.parse(JSON.parse(stdout));
    expect(report).toMatchObject({ benchmark, quick: true });
    expect(report.figures.map(({ name }) => name)).toEqual(expect.arrayContaining([...names]));
  },
);

it.each([
  [[], 'Name one benchmark'],
  [['votes'], 'Name one benchmark'],
  [['events', 'lifecycle'], 'One benchmark at a time'],
  [['events', '--fast'], "Unknown option '--fast'"],
  [['events', '--ballots', '9'], 'Only verify takes a number of ballots'],
  [['verify', '--ballots', '0'], 'A number of ballots is from 1 to 1000000'],
  [['verify', '--ballots', 'many'], 'A number of ballots is from 1 to 1000000'],
])('refuses %j before it starts anything', async (words, complaint) => {
  const { stdout, stderr, code } = await bench(...words).ended;
  expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
  expect(stderr).toContain(complaint);
});

it('stops on Ctrl-C in the middle and leaves no process', { timeout: 120_000 }, async () => {
  const { child, ended } = bench('lifecycle', '--quick');
  const seen = new Set<number>();
  child.stderr.on('data', (data: Buffer) => {
    if (!String(data).includes('warming up')) return;
    for (const pid of descendantsOf(child.pid ?? 0)) seen.add(pid);
    child.kill('SIGINT');
  });
  const { code, stdout } = await ended;
  expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
  expect(seen.size).toBeGreaterThanOrEqual(3);
  expect([...seen].filter((pid) => parents().has(pid))).toEqual([]);
});

/** Parent of every process that lives. */
function parents(): Map<number, number> {
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  return new Map(
    pids.flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return state === 'Z' ? [] : [[pid, Number(parent)] as const];
      } catch {
        return [];
      }
    }),
  );
}

function descendantsOf(root: number): number[] {
  const all = parents();
  const isBelow = (pid: number): boolean => {
    const parent = all.get(pid);
    return parent !== undefined && (parent === root || isBelow(parent));
  };
  return [...all.keys()].filter(isBelow);
}
