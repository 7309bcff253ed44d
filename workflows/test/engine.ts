import { provision } from '@talkoot/local-stack';
import {
  initialState,
  lifecycles,
  searchAttributes,
  STATE_QUERY,
  TASK_QUEUE,
} from '@talkoot/workflow-contracts';
import type {
  ActingPerson,
  Command,
  CommandData,
  CommandName,
  DecisionAnswer,
  Fact,
  FactData,
  FactName,
  LifecycleKind,
  LifecycleState,
  StateOf,
  WaitCommandData,
} from '@talkoot/workflow-contracts';
import { WorkflowClient, WorkflowUpdateFailedError } from '@temporalio/client';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import proto from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { createHash } from 'node:crypto';
import { createActivities } from '../src/activities/activities.ts';
import { isTerminal } from '../src/lifecycle/decide.ts';
import { createWorker, noSpans, workflowBundle } from '../src/worker.ts';
import { historiesOf } from './histories.ts';
import { questionSha256Of } from './manifest.ts';
import { clientsOf, Town } from './town.ts';

type Handle = WorkflowHandleWithFirstExecutionRunId;
type AnyName<K extends LifecycleKind> = CommandName<K> | keyof WaitCommandData;
type DataOf<K extends LifecycleKind, N> =
  N extends CommandName<K> ? CommandData[K][N] : N extends keyof WaitCommandData ? WaitCommandData[N] : never;

export const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const day = 86_400_000;
const MOST_WEEKS = 300;

/** A Temporal server whose time can be skipped, the real worker on it, and a town in memory. */
export interface Engine {
  town: Town;
  readonly environment: TestWorkflowEnvironment;
  /** Starts a new lifecycle, or one from a snapshot. */
  start<K extends LifecycleKind>(kind: K, from?: Partial<StateOf<K>> | LifecycleState): Promise<Running<K>>;
  skipDays(days: number): Promise<void>;
  /** Replays every history of this test, and forgets it. Call it after each test. */
  replayAll(): Promise<void>;
  stop(): Promise<void>;
}

export async function startEngine(): Promise<Engine> {
  installRuntime();
  const { path } = await provision('temporal-test-server');
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  await registerSearchAttributes(environment);
  let started: Handle[] = [];
  let number = 0;
  const engine: Engine = {
    town: new Town(),
    environment,
    async start(kind, from = {}) {
      number += 1;
      const state = withQuestion({
        ...initialState(kind, idsOf(kind, number)),
        ...from,
      } as unknown as LifecycleState);
      const handle = await environment.client.workflow.start(lifecycles[kind].workflowType, {
        workflowId: `${kind}/${state.id}/${number}`,
        taskQueue: TASK_QUEUE,
        args: [state],
      });
      started.push(handle);
      return new Running(kind, state.id, handle, engine);
    },
    skipDays: (days) => environment.sleep(days * day),
    async replayAll() {
      const handles = started;
      started = [];
      engine.town = new Town();
      await replay(environment, handles);
      for (const handle of handles) await handle.terminate().catch(() => undefined);
    },
    async stop() {
      await stopWorker();
      await environment.teardown();
    },
  };
  const stopWorker = await startWorker(environment, () => engine.town);
  return engine;
}

/** A poll knows what it asks from its start. */
function withQuestion(state: LifecycleState): LifecycleState {
  if (state.kind !== 'poll') return state;
  return { ...state, facts: { questionSha256: questionSha256Of(state.id), ...state.facts } };
}

/** The real worker on the services of the town; answers how to stop it. */
async function startWorker(
  { nativeConnection }: TestWorkflowEnvironment,
  town: () => Town,
): Promise<() => Promise<void>> {
  const worker = await createWorker({
    connection: nativeConnection,
    namespace: 'default',
    activities: createActivities(clientsOf(town), { publicUrl: 'https://lintula.example' }),
    tuning: { shutdownForceTime: '20s', shutdownGraceTime: '1s' },
  });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
  };
}

async function registerSearchAttributes({ connection, namespace }: TestWorkflowEnvironment): Promise<void> {
  const { IndexedValueType } = proto.temporal.api.enums.v1;
  const types = {
    KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    BOOL: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
    DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
  };
  await connection.operatorService.addSearchAttributes({
    namespace: namespace ?? 'default',
    searchAttributes: Object.fromEntries(
      Object.values(searchAttributes).map(({ name, type }) => [name, types[type]]),
    ),
  });
}

let isInstalled = false;
/** Logs errors only. */
export function installRuntime(): void {
  if (isInstalled) return;
  isInstalled = true;
  Runtime.install({ logger: new DefaultLogger(process.env['LOG_LEVEL'] === 'debug' ? 'DEBUG' : 'ERROR') });
}

function idsOf(kind: LifecycleKind, number: number) {
  const prefix = {
    pilot: 'pil',
    round: 'rnd',
    project: 'prj',
    poll: 'pol',
    measurement: 'mea',
    batch: 'bat',
  }[kind];
  const isOfRound = kind === 'project' || kind === 'poll';
  return {
    id: `${prefix}-t${number}`,
    municipalityId: 'lintula',
    pilotId: kind === 'pilot' ? `pil-t${number}` : 'pil-1',
    roundId: kind === 'round' ? `rnd-t${number}` : isOfRound ? 'rnd-1' : null,
    projectId: kind === 'project' ? `prj-t${number}` : kind === 'measurement' ? 'prj-1' : null,
  };
}

/** Every run of the workflows, replayed by the same code without its servers. */
async function replay({ client }: TestWorkflowEnvironment, handles: readonly Handle[]): Promise<void> {
  const histories = await Promise.all(
    handles.map(async ({ workflowId, firstExecutionRunId }) =>
      (await historiesOf(client, workflowId, firstExecutionRunId)).map((history) => ({
        workflowId,
        history,
      })),
    ),
  );
  const options = { workflowBundle: await workflowBundle(), sinks: noSpans };
  for await (const { error } of Worker.runReplayHistories(options, histories.flat())) if (error) throw error;
}

/** One lifecycle under test, as its service and its people see it. */
export class Running<K extends LifecycleKind> {
  readonly kind: K;
  readonly id: string;
  readonly handle: Handle;
  readonly #engine: Engine;
  #sent = 0;

  constructor(kind: K, id: string, handle: Handle, engine: Engine) {
    this.kind = kind;
    this.id = id;
    this.handle = handle;
    this.#engine = engine;
  }

  get #latest() {
    return this.#engine.environment.client.workflow.getHandle(this.handle.workflowId);
  }

  /** A decision as the service sends it. */
  decide<N extends AnyName<K>>(
    name: N,
    as: ActingPerson['as'],
    data: DataOf<K, N>,
    person = `per-${as}`,
  ): Promise<DecisionAnswer> {
    this.#sent += 1;
    const decisionId = hash(`${this.handle.workflowId} ${this.#sent}`);
    return this.send({ decisionId, bodyHash: hash(name), name, actor: { id: person, as }, data });
  }

  send(command: Command): Promise<DecisionAnswer> {
    const args: [Command] = [command];
    return this.#latest.executeUpdate<DecisionAnswer, [Command]>(command.name, {
      args,
      updateId: command.decisionId,
    });
  }

  /** The code with which a decision is refused. */
  async refusal<N extends AnyName<K>>(
    name: N,
    as: ActingPerson['as'],
    data: DataOf<K, N>,
    person?: string,
  ): Promise<string> {
    try {
      const answer = await this.decide(name, as, data, person);
      return `accepted as step ${answer.step}`;
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
        return error.cause.type ?? error.cause.message;
      }
      throw error;
    }
  }

  async report<N extends FactName<K>>(name: N, data: FactData[K][N], factId = `fact ${name}`): Promise<void> {
    const fact: Fact = { factId, name, data };
    await this.#latest.signal(name, fact);
  }

  state(): Promise<StateOf<K>> {
    return this.#latest.query<StateOf<K>>(STATE_QUERY);
  }

  /**
   * The state as its service knows it. Prefer it to {@link state}: this server loses a workflow that continues as new
   * while it answers a query, so a query is safe only where nothing else goes on.
   */
  recordedState(): StateOf<K> {
    const latest = this.#engine.town.of(this.id).at(-1);
    if (!latest) throw new Error(`Nothing is recorded of ${this.id}`);
    return latest.state as unknown as StateOf<K>;
  }

  /** Lets time pass until what is waited for now is due. */
  async untilDue(): Promise<void> {
    const { environment } = this.#engine;
    const left = Date.parse(this.recordedState().wait!.due) - (await environment.currentTimeMs());
    await environment.sleep(Math.max(0, left));
  }

  /**
   * Skips time until the lifecycle is over, a week at a time: left to itself the server goes on to whatever comes next,
   * if only the end of a run's life in ten years.
   */
  async result(): Promise<{ phase: string; step: number }> {
    const { environment, town } = this.#engine;
    const isOver = () => isTerminal(this.kind, town.of(this.id).at(-1)?.state.phase);
    for (let weeks = 0; weeks < MOST_WEEKS && !isOver(); weeks += 1) await this.#engine.skipDays(7);
    const patient = new WorkflowClient({ connection: environment.connection });
    return patient.getHandle(this.handle.workflowId).result();
  }

  /** Names of the recorded steps. */
  get steps(): string[] {
    return this.#engine.town.steps(this.id);
  }

  /** Resolves at the step of this name after the given number of steps. */
  reached(name: string, beyond = 0) {
    return this.#engine.town.reached(this.id, name, beyond);
  }

  /** Resolves once so many steps are recorded. */
  recorded(count: number): Promise<void> {
    return this.#engine.town.recorded(this.id, count);
  }

  async details(): Promise<string> {
    const metadata = await this.#latest.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
    return metadata.currentDetails ?? '';
  }
}
