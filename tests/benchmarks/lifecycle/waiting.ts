import pMap from 'p-map';
import { sideFor, type BenchContext } from '../bench.ts';
import { figure } from '../report/figure.ts';
import type { Figure } from '../report/report.shape.ts';
import { idleUsage } from '../side/usage.ts';
import type { Projects } from './projects.ts';

export interface WaitingSizes {
  readonly open: number;
  readonly idleMs: number;
  readonly atOnce: number;
}

interface Idle {
  readonly worker: { percent: number; residentMiB: number };
  readonly server: { percent: number; residentMiB: number };
}

/** What thousands of open projects cost while nothing happens to them, and how fast they go on from their histories. */
export async function measureWaiting(
  context: BenchContext,
  waiting: { address: string; serverPid: number; projects: Projects; sizes: WaitingSizes },
): Promise<Figure[]> {
  const { address, serverPid, projects, sizes } = waiting;
  const { progress } = context;
  const script = '../lifecycle/worker.process.ts';
  const idle = async (title: string, workerPid: number): Promise<Idle> => {
    progress.stage(title);
    const [worker, server] = await idleUsage([workerPid, serverPid], sizes.idleMs);
    if (!worker || !server) throw new Error('nothing was measured');
    return { worker, server };
  };
  const forEach = async (stage: string, act: (id: string) => Promise<unknown>) => {
    const begun = performance.now();
    const open = projects.open(stage, sizes.open, (done) => progress.count(done, sizes.open));
    const ids = Array.from({ length: sizes.open }, (_, index) => `open-${index}`);
    await Promise.all([open, pMap(ids, act, { concurrency: sizes.atOnce })]);
    return (sizes.open / (performance.now() - begun)) * 1_000;
  };

  const bounded = await sideFor(context, script, { args: [address], onNews: projects.hear });
  const empty = await idle('waiting: a worker without projects', bounded.pid);
  progress.stage(`waiting: opening ${sizes.open} projects`);
  const runs = new Map<string, Awaited<ReturnType<Projects['start']>>>();
  const opened = await forEach('endorsement', async (id) => runs.set(id, await projects.start(id)));
  const full = await idle(`waiting: ${sizes.open} open projects, the product's cache`, bounded.pid);
  await bounded.stop();

  const cached = String(sizes.open + 500);
  const roomy = await sideFor(context, script, { args: [address, cached], onNews: projects.hear });
  progress.stage(`waiting: moving ${sizes.open} projects on from their histories`);
  const woken = await forEach('review', async (id) =>
    runs.get(id)?.report('threshold-reached', { endorsements: 50 }),
  );
  const all = await idle(`waiting: ${sizes.open} open projects, all of them cached`, roomy.pid);
  await roomy.stop();
  return waitingFigures(sizes.open, { empty, full, all, opened, woken });
}

function waitingFigures(
  open: number,
  {
    empty,
    full,
    all,
    opened,
    woken,
  }: Record<'empty' | 'full' | 'all', Idle> & { opened: number; woken: number },
): Figure[] {
  const against = 'the same with no project open';
  const used = (
    name: string,
    title: string,
    of: 'worker' | 'server',
    what: 'percent' | 'residentMiB',
    idle: Idle,
  ) =>
    figure({ name, title, unit: what === 'percent' ? '% of a core' : 'MiB', against }, [
      { ours: idle[of][what], baseline: empty[of][what] },
    ]);
  return [
    used('worker-memory', `worker, ${open} open projects`, 'worker', 'residentMiB', full),
    used(
      'worker-memory-all-cached',
      `worker, ${open} open projects, all cached`,
      'worker',
      'residentMiB',
      all,
    ),
    used('worker-cpu', `worker, ${open} open projects`, 'worker', 'percent', full),
    used('worker-cpu-all-cached', `worker, ${open} open projects, all cached`, 'worker', 'percent', all),
    used('server-memory', `Temporal, ${open} open projects`, 'server', 'residentMiB', full),
    used('server-cpu', `Temporal, ${open} open projects`, 'server', 'percent', full),
    figure(
      {
        name: 'moved-on-from-history',
        title: 'projects moved on by a worker that has to replay them',
        unit: 'per second',
        against: 'new projects opened',
      },
      [{ ours: woken, baseline: opened }],
    ),
  ];
}
