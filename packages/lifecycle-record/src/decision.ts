import { DomainError } from '@talkoot/http-service';
import { refusalCodes, workflowIdOf } from '@talkoot/workflow-contracts';
import type { ActingPerson, Command, DecisionAnswer, LifecycleKind } from '@talkoot/workflow-contracts';
import {
  isGrpcServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LifecycleStore } from './lifecycle.store.ts';

/** After this the caller hears `outcome-unknown` and may repeat with the same key. */
export const DECISION_DEADLINE_MS = 5_000;
const START_POLL_MS = 100;

export interface Decision {
  readonly kind: LifecycleKind;
  readonly lifecycleId: string;
  readonly municipalityId: string;
  readonly name: string;
  readonly as: ActingPerson['as'];
  readonly data: unknown;
  /** Refusals that need the service's own records; runs only when the decision is not a replay. */
  readonly check?: () => Promise<void>;
}

/** The part of an http-service call that a decision needs. */
export interface DecidingCall {
  readonly operationId: string;
  readonly bodyHash: string;
  readonly person: { readonly id: string };
}

/**
 * Takes a decision on a lifecycle: answered from the decision record when it was taken before, else sent as an
 * Update whose id is the operation's.
 * @throws DomainError with a refusal code, `not-found`, `idempotency-key-reused` or `outcome-unknown`.
 */
export async function decide(
  store: LifecycleStore,
  temporal: Client,
  call: DecidingCall,
  decision: Decision,
): Promise<DecisionAnswer> {
  const known = await replay(store, call);
  if (known) return known;
  const [taken] = await Promise.allSettled([take(store, temporal, call, decision)]);
  // Only the record tells whether the body differs of an update id that Temporal knows, and whether what refuses a
  // repeated call is its own first attempt, recorded meanwhile.
  const recorded = await replay(store, call);
  if (recorded) return recorded;
  if (taken.status === 'rejected') throw taken.reason;
  return taken.value;
}

async function take(
  store: LifecycleStore,
  temporal: Client,
  call: DecidingCall,
  decision: Decision,
): Promise<DecisionAnswer> {
  const lifecycle = await store.find(decision.kind, decision.lifecycleId);
  if (!lifecycle || lifecycle.municipalityId !== decision.municipalityId) throw new DomainError('not-found');
  if (lifecycle.terminal) throw new DomainError('wrong-phase', `The ${decision.kind} is ${lifecycle.phase}`);
  await decision.check?.();
  return update(temporal, call, decision);
}

async function replay(store: LifecycleStore, call: DecidingCall): Promise<DecisionAnswer | null> {
  const record = await store.findDecision(call.operationId);
  if (!record) return null;
  if (record.bodyHash !== call.bodyHash) throw new DomainError('idempotency-key-reused');
  return record.answer as DecisionAnswer;
}

async function update(temporal: Client, call: DecidingCall, decision: Decision): Promise<DecisionAnswer> {
  const command: Command = {
    decisionId: call.operationId,
    bodyHash: call.bodyHash,
    name: decision.name,
    actor: { id: call.person.id, as: decision.as },
    data: decision.data,
  };
  const handle = temporal.workflow.getHandle(workflowIdOf(decision.kind, decision.lifecycleId));
  const deadline = Date.now() + DECISION_DEADLINE_MS;
  for (;;) {
    try {
      return await temporal.withDeadline(deadline, () =>
        handle.executeUpdate<DecisionAnswer, [Command]>(decision.name, {
          args: [command],
          updateId: call.operationId,
        }),
      );
    } catch (error) {
      // The record exists, so the workflow is about to be started by the outbox relay.
      if (!(error instanceof WorkflowNotFoundError) || Date.now() + START_POLL_MS >= deadline) {
        throw refusalOf(error);
      }
      await sleep(START_POLL_MS);
    }
  }
}

/** What a failed Update means to the caller. */
export function refusalOf(error: unknown): unknown {
  if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
    const code = error.cause.type ?? '';
    if ((refusalCodes as readonly string[]).includes(code)) return new DomainError(code, error.cause.message);
    return error;
  }
  const unknown =
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    error instanceof WorkflowNotFoundError ||
    isGrpcServiceError(error) ||
    (error instanceof Error && isGrpcServiceError(error.cause));
  return unknown ? new DomainError('outcome-unknown') : error;
}
