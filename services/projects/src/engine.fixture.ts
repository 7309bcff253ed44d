import type { LifecycleRecord } from '@talkoot/lifecycle-record';
import type { Command, LifecycleKind, LifecycleState, RecordedStep } from '@talkoot/workflow-contracts';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';

/** The phase into which a decision leads in these tests; a decision that is not named leaves the phase as it is. */
const leadsTo: Record<string, string> = {
  'pilot/sponsor': 'sponsored',
  'pilot/request-permission': 'permission-requested',
  'pilot/permit': 'permitted',
  'pilot/appeal': 'appealed',
  'pilot/end-rounds': 'evaluating',
  'pilot/conclude': 'concluded',
  'round/close-ideas': 'review',
  'round/close-review': 'voting',
  'project/withdraw': 'withdrawn',
  'project/merge': 'merged',
  'project/admit': 'admitted',
};

/** Stands for the engine and the worker: takes Updates and records their steps, without waits and deadlines. */
export class FixtureEngine {
  record: LifecycleRecord | undefined;
  /** Code with which the next Update is refused. */
  refuseWith: string | null = null;
  /** Fails instead of taking the next Update: nobody knows what comes of it. */
  failWith: Error | null = null;
  /** Updates that failed so, which the workflow may still take in. */
  readonly unanswered: { lifecycleId: string; command: Command }[] = [];
  /** What happens while an Update is on its way. */
  whileSent: () => Promise<void> = async () => {};
  readonly commands: { kind: string; lifecycleId: string; command: Command }[] = [];

  readonly client = {
    withDeadline: (_: number, work: () => Promise<unknown>) => work(),
    workflow: {
      getHandle: (workflowId: string) => ({
        executeUpdate: (name: string, options: { args: [Command] }) =>
          this.update(workflowId, name, options.args[0]),
      }),
    },
  } as unknown as Client;

  private last: Promise<unknown> = Promise.resolve();

  /** Records one step as the worker would, one after the other. */
  step(
    kind: LifecycleKind,
    lifecycleId: string,
    change: { name: string; phase?: string; command?: Command; data?: Record<string, unknown> },
  ): Promise<LifecycleState> {
    const next = this.last.then(() => this.recordStep(kind, lifecycleId, change));
    this.last = next.catch(() => undefined);
    return next;
  }

  private async recordStep(
    kind: LifecycleKind,
    lifecycleId: string,
    change: { name: string; phase?: string; command?: Command; data?: Record<string, unknown> },
  ): Promise<LifecycleState> {
    const before = await this.record!.stateOf(kind, lifecycleId);
    if (!before) throw new Error(`${kind}/${lifecycleId} was not started`);
    const { name, command = null, data = {}, phase = before.phase } = change;
    const number = before.step + 1;
    const cause = command ? 'decision' : 'fact';
    const at = new Date().toISOString();
    const shape = { number, name, cause, from: before.phase, phase, command, waitEffect: null, data, at };
    const step: RecordedStep = shape as RecordedStep;
    const state = { ...before, phase, step: number };
    const call = { params: { kind, lifecycleId }, body: { step, state } };
    await this.record!.handlers.recordStep(call as never);
    return state;
  }

  private async update(workflowId: string, name: string, command: Command) {
    const [kind, lifecycleId] = workflowId.split('/') as [LifecycleKind, string];
    await this.whileSent();
    if (this.failWith) {
      const error = this.failWith;
      this.failWith = null;
      this.unanswered.push({ lifecycleId, command });
      throw error;
    }
    if (this.refuseWith) {
      const code = this.refuseWith;
      this.refuseWith = null;
      throw new WorkflowUpdateFailedError('refused', ApplicationFailure.nonRetryable(code, code));
    }
    this.commands.push({ kind, lifecycleId, command });
    const phase = leadsTo[`${kind}/${name}`];
    const data = name === 'accept-milestone' ? { accepted: command.actor.as === 'lead' } : {};
    const state = await this.step(kind, lifecycleId, { name, command, data, ...(phase ? { phase } : {}) });
    return { lifecycleId, phase: state.phase, step: state.step, awaiting: null, dueAt: null };
  }
}
