import { restartWorkflow, type Restarted } from '@talkoot/lifecycle-record';
import type { LifecycleState } from '@talkoot/workflow-contracts';
import pMap from 'p-map';
import { OperationRefused } from '../operation/operation.errors.ts';
import { ENGINE_WITHIN_MS, openLifecycles, recordedState } from './lifecycle.reading.ts';
import { placeOf } from './owners.ts';
import type { Owners } from './owners.ts';

const AT_ONCE = 8;

export interface Rebuilt {
  readonly id: string;
  readonly workflow: Restarted;
  /** Facts that the services will tell again; the workflow takes in those it does not know. */
  readonly facts: number;
}

/**
 * Starts the workflow of an open lifecycle from what its owning service has recorded, and has every service tell its
 * facts again. Repeating it changes nothing.
 * @throws OperationRefused `not-a-lifecycle-id`, `no-such-lifecycle`, `lifecycle-closed`
 */
export async function rebuildLifecycle(owners: Owners, id: string, replace: boolean): Promise<Rebuilt> {
  const { kind } = placeOf(owners, id);
  await openState(owners, id);
  const read = () => openState(owners, id);
  const restart = () => restartWorkflow(owners.engine, kind, id, { read, replace });
  const workflow = await owners.engine.withDeadline(Date.now() + ENGINE_WITHIN_MS, restart);
  const params = { kind, lifecycleId: id };
  const told = Object.values(owners.services).map((service) => service.redispatchFacts({ params }));
  const facts = (await Promise.all(told)).reduce((sum, one) => sum + one.facts, 0);
  return { id, workflow, facts };
}

async function openState(owners: Owners, id: string): Promise<LifecycleState> {
  const { state, terminal } = await recordedState(owners, id);
  if (!terminal) return state;
  throw new OperationRefused(
    'lifecycle-closed',
    `${state.kind} ${id} is ${state.phase}. What has ended needs no workflow; its record is kept.`,
  );
}

export interface RebuiltAll {
  readonly rebuilt: readonly Rebuilt[];
  readonly failed: readonly { id: string; why: string }[];
}

/** Rebuilds every open lifecycle; one that fails does not keep the others. */
export async function rebuildAll(owners: Owners, replace: boolean): Promise<RebuiltAll> {
  const rebuilt: Rebuilt[] = [];
  const failed: { id: string; why: string }[] = [];
  const attempt = async (id: string) => {
    try {
      rebuilt.push(await rebuildLifecycle(owners, id, replace));
    } catch (error) {
      // It ended since it was listed.
      if (error instanceof OperationRefused && error.code === 'lifecycle-closed') return;
      failed.push({ id, why: error instanceof Error ? error.message : String(error) });
    }
  };
  for await (const page of openLifecycles(owners)) {
    await pMap(page, ({ id }) => attempt(id), { concurrency: AT_ONCE });
  }
  return { rebuilt, failed };
}
