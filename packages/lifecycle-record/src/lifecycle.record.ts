import { decodeCursor, DomainError, encodeCursor, inTransaction } from '@talkoot/http-service';
import type { Call, Reply } from '@talkoot/http-service';
import type { lifecycleRoutes, LifecycleView, Page, PageQuery } from '@talkoot/api-contracts';
import { redispatchWorkflow } from '@talkoot/event-bus';
import type { Outbox } from '@talkoot/event-bus';
import { lifecycleKinds, workflowIdOf } from '@talkoot/workflow-contracts';
import type {
  DecisionAnswer,
  LifecycleKind,
  LifecycleState,
  RecordedStep,
} from '@talkoot/workflow-contracts';
import type { Client } from '@temporalio/client';
import type { ClientSession, Connection } from 'mongoose';
import { z } from 'zod';
import { decide } from './decision.ts';
import type { Decision, DecidingCall } from './decision.ts';
import { startOf } from './lifecycle.start.ts';
import { lifecycleStore } from './lifecycle.store.ts';
import { eventsOf } from './step.events.ts';

/** Runs in the transaction that records a step; writes only to the database, as it may run again. */
export type StepEffect = (step: RecordedStep, state: LifecycleState, session: ClientSession) => Promise<void>;

export interface LifecycleRecordOptions {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly temporal: Client;
  /** What each owned lifecycle's steps change in the service's own documents. */
  readonly onStep: Partial<Record<LifecycleKind, StepEffect>>;
}

/** One public entry of a lifecycle's record. */
export interface PublicStep {
  readonly number: number;
  readonly name: string;
  readonly cause: RecordedStep['cause'];
  readonly from: string;
  readonly phase: string;
  readonly actedAs: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly awaiting: string | null;
  readonly dueAt: string | null;
  readonly at: string;
}

type RouteCall<N extends keyof typeof lifecycleRoutes> = Call<(typeof lifecycleRoutes)[N]>;

/** Decision records and snapshots of the lifecycles that a service owns. */
export function createLifecycleRecord(options: LifecycleRecordOptions) {
  const store = lifecycleStore(options.connection);
  return {
    /**
     * Creates a lifecycle and the outbox row that starts its workflow, in the caller's transaction.
     * A second start under the same id fails with a duplicate key: MongoDB enforces start-once.
     */
    async start(session: ClientSession, kind: LifecycleKind, state: LifecycleState): Promise<void> {
      await store.insert(session, state);
      await options.outbox.appendWorkflowStart(session, startOf(kind, state, 'start'));
    },

    /** See {@link decide}. */
    decide(call: DecidingCall, decision: Decision): Promise<DecisionAnswer> {
      return decide(store, options.temporal, call, decision);
    },

    /** Tells a lifecycle a fact, in the caller's transaction: at least once, taken in once per `factId`. */
    async report(
      session: ClientSession,
      fact: {
        kind: LifecycleKind;
        lifecycleId: string;
        municipalityId: string;
        name: string;
        factId: string;
        data: unknown;
      },
    ): Promise<void> {
      await options.outbox.appendWorkflowSignal(session, {
        municipalityId: fact.municipalityId,
        workflowId: workflowIdOf(fact.kind, fact.lifecycleId),
        signal: fact.name,
        factId: fact.factId,
        args: [{ factId: fact.factId, name: fact.name, data: fact.data }],
      });
    },

    /** Where a lifecycle stands; null when this municipality has none under that id. */
    async view(
      kind: LifecycleKind,
      lifecycleId: string,
      municipalityId: string,
    ): Promise<LifecycleView | null> {
      const found = await store.find(kind, lifecycleId);
      return found?.municipalityId === municipalityId ? viewOf(found.state) : null;
    },

    /** Phase as last recorded; null when there is no such lifecycle. */
    async phaseOf(kind: LifecycleKind, lifecycleId: string, session?: ClientSession): Promise<string | null> {
      return (await store.find(kind, lifecycleId, session))?.phase ?? null;
    },

    /** The last recorded state, for checks that a decision needs. */
    async stateOf(
      kind: LifecycleKind,
      lifecycleId: string,
      session?: ClientSession,
    ): Promise<LifecycleState | null> {
      return (await store.find(kind, lifecycleId, session))?.state ?? null;
    },

    /** The public steps of a lifecycle in order, without who acted. */
    async steps(kind: LifecycleKind, lifecycleId: string, page: PageQuery): Promise<Page<PublicStep>> {
      const after = decodeCursor(page.after, z.int()) ?? 0;
      const rows = await store.listSteps(kind, lifecycleId, after, page.limit + 1);
      const items = rows.slice(0, page.limit).map(publicStepOf);
      return { items, next: rows.length > page.limit ? encodeCursor(items.at(-1)!.number) : null };
    },

    /** Handlers of `lifecycleRoutes`; spread them into the service's handlers. */
    handlers: {
      async recordStep(call: RouteCall<'recordStep'>) {
        const state = call.body.state as unknown as LifecycleState;
        const step = call.body.step as RecordedStep;
        if (state.kind !== call.params.kind || state.id !== call.params.lifecycleId) {
          throw new DomainError('invalid-request', 'The state is of another lifecycle');
        }
        return { body: { recorded: await record(options, store, state, step) } };
      },
      async getLifecycle(call: RouteCall<'getLifecycle'>) {
        const found = await store.find(kindOf(call.params.kind), call.params.lifecycleId);
        if (!found) throw new DomainError('not-found');
        return { body: { state: found.state as never, terminal: found.terminal } };
      },
      async redispatchFacts(call: RouteCall<'redispatchFacts'>) {
        const workflowId = workflowIdOf(kindOf(call.params.kind), call.params.lifecycleId);
        return { body: { facts: await redispatchWorkflow(options.connection, { workflowId }) } };
      },
      async listLifecycles(call: RouteCall<'listLifecycles'>) {
        const { after, limit, kind, overdue } = call.query;
        const filter = { kind, overdue: overdue === 'true' };
        const rows = await store.listOpen(decodeCursor(after, z.string()), limit + 1, filter);
        const items = rows
          .slice(0, limit)
          .map(({ state, municipalityId }) => ({ ...viewOf(state), municipalityId }));
        return { body: { items, next: rows.length > limit ? encodeCursor(rows[limit - 1]!._id) : null } };
      },
    } satisfies { [N in keyof typeof lifecycleRoutes]: (call: RouteCall<N>) => Promise<Reply> },
  };
}
export type LifecycleRecord = ReturnType<typeof createLifecycleRecord>;

/**
 * Records a step once: snapshot, public step, decision, the service's own effects and the events, in one transaction.
 * @throws DomainError `step-out-of-order` when an earlier step is missing: the worker tries again.
 * @throws DomainError `step-of-another-run` when the number is taken by a different step: the run has to be replaced.
 */
async function record(
  options: LifecycleRecordOptions,
  store: ReturnType<typeof lifecycleStore>,
  state: LifecycleState,
  step: RecordedStep,
): Promise<boolean> {
  return inTransaction(options.connection, async (session) => {
    const before = await store.find(state.kind, state.id, session);
    if (!before || before.municipalityId !== state.municipalityId) throw new DomainError('not-found');
    if (before.step >= step.number) {
      if (await store.isStep(session, state, step)) return false;
      throw new DomainError('step-of-another-run');
    }
    if (!(await store.advance(session, state, step))) throw new DomainError('step-out-of-order');
    await store.insertStep(session, state, step);
    await store.insertDecision(session, state, step);
    await options.outbox.appendEvents(session, eventsOf(state, step));
    await options.onStep[state.kind]?.(step, state, session);
    return true;
  });
}

function kindOf(kind: string): LifecycleKind {
  const known = lifecycleKinds.find((one) => one === kind);
  if (!known) throw new DomainError('not-found');
  return known;
}

function viewOf(state: LifecycleState): LifecycleView {
  const open = state.wait?.outcome === null ? state.wait : null;
  return {
    kind: state.kind,
    id: state.id,
    phase: state.phase,
    awaiting: open?.awaiting ?? null,
    wait: open?.name ?? null,
    since: open?.since ?? null,
    dueAt: open?.due ?? null,
    overdue: open?.overdue ?? false,
    suspended: open?.suspendedSince != null,
    step: state.step,
  };
}

function publicStepOf(row: PublicStep): PublicStep {
  const { number, name, cause, from, phase, actedAs, data, awaiting, dueAt, at } = row;
  return { number, name, cause, from, phase, actedAs, data, awaiting, dueAt, at };
}
