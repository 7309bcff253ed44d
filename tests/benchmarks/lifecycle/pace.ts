import proto from '@temporalio/proto';
import type { Client } from '@temporalio/client';
import { workflowIdOf } from '@talkoot/workflow-contracts';
import pMap from 'p-map';
import type { BenchContext } from '../bench.ts';
import { figure } from '../report/figure.ts';
import type { Figure } from '../report/report.shape.ts';
import type { Projects } from './projects.ts';
import { PLAIN_QUEUE } from './queues.ts';

export interface PaceSizes {
  readonly rounds: number;
  readonly lifecycles: number;
  readonly plain: number;
  readonly chains: number;
  readonly atOnce: number;
}

interface Course {
  /** Activities, updates and signals: what moves a lifecycle on. */
  readonly steps: number;
  readonly events: number;
  readonly bytes: number;
  readonly workflowTasks: number;
}

interface Round {
  readonly lifecycles: number;
  readonly plain: number;
  readonly chains: number;
}

/** Complete lifecycles against plain workflows, taking turns on one server. */
export async function measurePace(
  context: BenchContext,
  { client, projects, sizes }: { client: Client; projects: Projects; sizes: PaceSizes },
): Promise<Figure[]> {
  context.progress.stage('warming up');
  await projects.play('warm-up');
  const ours = await courseOf(client, workflowIdOf('project', 'warm-up'));
  await playRound(context, { client, projects, steps: ours.steps, round: 'warm', sizes: half(sizes) });
  const rounds: Round[] = [];
  for (let round = 1; round <= sizes.rounds; round += 1) {
    context.progress.stage(`pace: round ${round} of ${sizes.rounds}`);
    rounds.push(await playRound(context, { client, projects, steps: ours.steps, round: `${round}`, sizes }));
    projects.forget();
  }
  const one = await courseOf(client, 'one-1-0');
  const chain = await courseOf(client, 'chain-1-0');
  return paceFigures(ours, { one, chain }, rounds);
}

const half = (sizes: PaceSizes): PaceSizes => ({
  ...sizes,
  lifecycles: Math.ceil(sizes.lifecycles / 2),
  plain: Math.ceil(sizes.plain / 2),
  chains: Math.ceil(sizes.chains / 2),
});

/** How many of each were completed in a second. */
async function playRound(
  { progress }: BenchContext,
  play: { client: Client; projects: Projects; steps: number; round: string; sizes: PaceSizes },
): Promise<Round> {
  const { client, projects, steps, round, sizes } = play;
  const perSecond = async (count: number, work: (index: number) => Promise<unknown>) => {
    let done = 0;
    const begun = performance.now();
    await pMap(
      Array.from({ length: count }, (_, index) => index),
      async (index) => {
        await work(index);
        done += 1;
        progress.count(done, count);
      },
      { concurrency: sizes.atOnce },
    );
    return (count / (performance.now() - begun)) * 1_000;
  };
  const plain = (workflowType: string, workflowId: string, ...args: unknown[]) =>
    client.workflow.execute(workflowType, { workflowId, taskQueue: PLAIN_QUEUE, args });
  return {
    lifecycles: await perSecond(sizes.lifecycles, (index) => projects.play(`${round}-${index}`)),
    plain: await perSecond(sizes.plain, (index) => plain('oneActivity', `one-${round}-${index}`)),
    chains: await perSecond(sizes.chains, (index) =>
      plain('manyActivities', `chain-${round}-${index}`, steps),
    ),
  };
}

/** What a finished workflow left behind. */
async function courseOf(client: Client, workflowId: string): Promise<Course> {
  const handle = client.workflow.getHandle(workflowId);
  const { historyLength, historySize } = await handle.describe();
  const { events } = await handle.fetchHistory();
  const { EventType } = proto.temporal.api.enums.v1;
  const count = (...types: number[]) =>
    (events ?? []).filter(({ eventType }) => types.includes(Number(eventType))).length;
  return {
    events: historyLength,
    bytes: historySize ?? 0,
    workflowTasks: count(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED),
    steps: count(
      EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED,
      EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
      EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    ),
  };
}

function paceFigures(
  ours: Course,
  { one, chain }: { one: Course; chain: Course },
  rounds: readonly Round[],
): Figure[] {
  const { steps } = ours;
  const ms = (perSecond: number, stepsEach: number) => 1_000 / (perSecond * stepsEach);
  const inRow = `a plain workflow of ${steps} activities`;
  const perLifecycle = (name: keyof Course, title: string, unit: string) =>
    figure({ name: `lifecycle-${name}`, title, unit, against: inRow }, [
      { ours: ours[name], baseline: chain[name] },
    ]);
  return [
    figure(
      {
        name: 'lifecycles-per-second',
        title: `complete project lifecycles of ${steps} steps`,
        unit: 'per second',
        against: 'plain workflows of one activity',
      },
      rounds.map(({ lifecycles, plain }) => ({ ours: lifecycles, baseline: plain })),
    ),
    figure(
      {
        name: 'time-per-step',
        title: 'time for each step (activity, update or signal)',
        unit: 'ms',
        against: `a plain workflow of one activity (${one.events} events)`,
      },
      rounds.map(({ lifecycles, plain }) => ({ ours: ms(lifecycles, steps), baseline: ms(plain, 1) })),
    ),
    figure(
      { name: 'time-per-step-in-a-row', title: 'time for each step', unit: 'ms', against: inRow },
      rounds.map(({ lifecycles, chains }) => ({ ours: ms(lifecycles, steps), baseline: ms(chains, steps) })),
    ),
    perLifecycle('events', 'history of a lifecycle', 'events'),
    perLifecycle('bytes', 'history of a lifecycle', 'bytes'),
    perLifecycle('workflowTasks', 'workflow tasks of a lifecycle', 'tasks'),
  ];
}
