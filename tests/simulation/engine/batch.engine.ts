import type { WorkflowDispatcher } from '@talkoot/event-bus';
import type {
  Command,
  DecisionAnswer,
  Fact,
  LifecycleState,
  StateOf,
  Wait,
} from '@talkoot/workflow-contracts';
import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Decisions, Move } from '../../../workflows/src/lifecycle/decisions.ts';
import {
  decideCommand,
  isRefusal,
  isTerminal,
  openedWait,
  passDeadline,
  takeFact,
  takeStep,
} from '../../../workflows/src/lifecycle/decide.ts';
import type { Outcome } from '../../../workflows/src/lifecycle/decide.ts';
import { nextDeadline, specOf } from '../../../workflows/src/lifecycle/wait.ts';
import type { Process, World } from '../world/world.ts';
import type { Service } from '../town/service.ts';

type Batch = StateOf<'batch'>;
type Taken = Outcome<'batch'>;
const hour = 3_600_000;

/** A workflow as the engine keeps it: it outlives every crash, for the engine's own memory is durable. */
interface Run {
  readonly id: string;
  state: Batch;
  /** Steps claimed and not yet on record, in order. */
  readonly unrecorded: Taken[];
  recorded: number;
  /** An update is taken once: a repetition under its id gets the same answer. */
  readonly updates: Map<string, Update>;
}
type Update =
  | { readonly refusal: ApplicationFailure }
  | { readonly step: number; readonly answer: DecisionAnswer };

export interface EngineOptions {
  readonly world: World;
  readonly decisions: Decisions<'batch'>;
  /** Any instance of the service that owns batches. */
  readonly payments: Service;
  /** Facts told to lifecycles that are not batches. */
  readonly onOther: (workflowId: string, fact: Fact) => void;
}

export interface BatchEngine extends WorkflowDispatcher {
  /** The part of a Temporal client that the service's process uses. */
  clientFor(process: Process): Client;
  readonly runs: ReadonlyMap<string, { readonly state: Batch }>;
  /** Whether every step is on record and nothing is left for the worker to do. */
  isIdle(): boolean;
}

/**
 * The workflow engine of batches: the real decisions, claimed before anything is awaited, recorded in order and at least once
 * at the service; no Temporal. What Temporal promises is played: a workflow starts once, an update is taken once under its
 * id, activities are repeated until they succeed, and none of it is lost.
 */
export function batchEngine({ world, decisions, payments, onOther }: EngineOptions): BatchEngine {
  const runs = new Map<string, Run>();
  const worker: Process = { name: 'worker', alive: true };
  const at = () => new Date(world.now).toISOString();

  const claim = (run: Run, outcome: Taken) => {
    run.state = outcome.state;
    run.unrecorded.push(outcome);
  };
  const advance = (run: Run, name: string, move: Move<'batch'>) =>
    claim(run, takeStep(run.state, name, move, at()));

  return {
    runs,
    isIdle: () => [...runs.values()].every((run) => run.unrecorded.length === 0 && !isWorkLeft(run)),
    async start({ workflowId, args }) {
      if (runs.has(workflowId)) return { outcome: 'done' };
      const state = args[0] as LifecycleState as unknown as Batch;
      const run: Run = { id: state.id, state, unrecorded: [], recorded: state.step, updates: new Map() };
      runs.set(workflowId, run);
      const move = decisions.begin(state, at());
      advance(run, move.name ?? move.phase ?? 'begun', move);
      world.spawn(`recorder of ${workflowId}`, () => record(run));
      world.spawn(`course of ${workflowId}`, () => follow(run));
      return { outcome: 'done' };
    },
    async signal({ workflowId, args }) {
      const run = runs.get(workflowId);
      if (!run) {
        onOther(workflowId, args[0] as Fact);
        return { outcome: 'done' };
      }
      const taken = takeFact(decisions, run.state, args[0] as Fact, at());
      if (taken) claim(run, taken);
      return { outcome: 'done' };
    },
    clientFor: (process) => clientOf(process),
  };

  async function record(run: Run): Promise<void> {
    while (!(isTerminal('batch', run.state.phase) && run.unrecorded.length === 0)) {
      await world.until(worker, `a step of ${run.id}`, () => run.unrecorded.length > 0);
      const { state, step } = run.unrecorded[0]!;
      await payments.insist(`recordStep ${step.number} ${step.name} of ${run.id}`, 'recordStep', {
        params: { kind: 'batch', lifecycleId: run.id },
        body: { state, step },
      });
      run.unrecorded.shift();
      run.recorded = step.number;
    }
  }

  /** The course of the batch's workflow: waits with their deadlines, the instruction, the reconciliation. */
  async function follow(run: Run): Promise<void> {
    while (!isTerminal('batch', run.state.phase)) {
      if (run.state.phase === 'released' && run.state.stage === null) await instruct(run);
      else if (run.state.stage === 'reconciliation' && run.state.facts.reconciled) {
        advance(run, 'reconciled', { phase: 'reconciled' });
      } else if (run.state.stage !== null && run.state.wait === null) await open(run);
      else await letTimePass(run);
    }
  }

  async function instruct(run: Run): Promise<void> {
    await world.until(worker, `records of ${run.id}`, () => run.unrecorded.length === 0);
    const { attempts } = (await payments.insist(`instructBatch ${run.id}`, 'instructBatch', {
      params: { batchId: run.id },
      body: { batchSha256: run.state.facts.batchSha256 },
    })) as { attempts: number };
    advance(run, 'instructed', { phase: 'instructed', stage: 'reconciliation', data: { attempts } });
  }

  async function open(run: Run): Promise<void> {
    const { stage, step } = run.state;
    const wait = plannedWait(stage!, world);
    await world.perform(worker, `openWait ${stage} of ${run.id}`, () => {
      if (run.state.stage === stage && run.state.wait === null && run.state.step >= step) {
        claim(run, openedWait(run.state, 'wait', wait, at()));
      }
    });
  }

  async function letTimePass(run: Run): Promise<void> {
    const { step, wait } = run.state;
    const deadline = wait && nextDeadline(wait);
    const ms = deadline ? Math.max(0, Date.parse(deadline.at) - world.now) : undefined;
    const isMoved = await world.until(worker, `the course of ${run.id}`, () => run.state.step !== step, ms);
    if (!isMoved && deadline) claim(run, passDeadline(decisions, run.state, 'wait', deadline, at()));
  }

  function clientOf(process: Process): Client {
    const executeUpdate =
      (workflowId: string) =>
      async (name: string, { args, updateId }: { args: [Command]; updateId: string }) => {
        const update = await world.perform(process, `update ${name} of ${workflowId}`, () =>
          take(workflowId, updateId, args[0]),
        );
        if ('refusal' in update) throw new WorkflowUpdateFailedError('refused', update.refusal);
        const run = runs.get(workflowId)!;
        const isRecorded = () => run.recorded >= update.step;
        if (!(await world.until(process, `record of ${name}`, isRecorded, 5_000))) {
          throw new WorkflowUpdateRPCTimeoutOrCancelledError('no answer');
        }
        return update.answer;
      };
    return {
      withDeadline: (_: number, work: () => Promise<unknown>) => work(),
      workflow: { getHandle: (workflowId: string) => ({ executeUpdate: executeUpdate(workflowId) }) },
    } as unknown as Client;
  }

  /** Validated and claimed at once, as an update handler does before its first await. */
  function take(workflowId: string, updateId: string, command: Command): Update {
    const run = runs.get(workflowId);
    if (!run) throw new WorkflowNotFoundError('not started', workflowId, undefined);
    const known = run.updates.get(updateId);
    if (known) return known;
    const verdict = decideCommand(decisions, run.state, command, at());
    if (isRefusal(verdict)) {
      // A refused update leaves nothing in the history: its id may be used again.
      return { refusal: ApplicationFailure.nonRetryable(verdict.refuse, verdict.refuse) };
    }
    claim(run, verdict);
    const { state, step } = verdict;
    const answer: DecisionAnswer = {
      lifecycleId: state.id,
      phase: state.phase,
      step: step.number,
      awaiting: state.wait?.awaiting ?? null,
      dueAt: state.wait?.due ?? null,
    };
    const taken = { step: step.number, answer };
    run.updates.set(updateId, taken);
    return taken;
  }
}

/** Steps that the worker takes by itself, without waiting for anybody. */
function isWorkLeft({ state }: Run): boolean {
  return state.phase === 'released' || (state.stage === 'reconciliation' && state.facts.reconciled === true);
}

/** Short enough that some waits end before anybody acts. */
function plannedWait(name: string, { random, now }: World): Wait {
  const iso = (ms: number) => new Date(ms).toISOString();
  const due = now + random.between(1, 96) * hour;
  return {
    name,
    awaiting: specOf('batch', name).awaiting,
    since: iso(now),
    zone: 'Europe/Helsinki',
    remindAt: random.chance(0.5) ? iso(now + (due - now) / 2) : null,
    due: iso(due),
    escalations: [],
    lapseAt: null,
    reminded: false,
    escalated: 0,
    overdue: false,
    suspendedSince: null,
    requestedChange: null,
    outcome: null,
  };
}
