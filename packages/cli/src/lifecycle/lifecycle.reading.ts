import { ApiProblem } from '@talkoot/api-contracts';
import type { LifecycleView } from '@talkoot/api-contracts';
import { isConnectivityError } from '@talkoot/http-service';
import { lifecycles, workflowIdOf } from '@talkoot/workflow-contracts';
import type { LifecycleKind, LifecycleState } from '@talkoot/workflow-contracts';
import { WorkflowNotFoundError } from '@temporalio/client';
import { OperationRefused } from '../operation/operation.errors.ts';
import { placeOf } from './owners.ts';
import type { Owner, Owners } from './owners.ts';

const PAGE = 100;
/** An answer of a worker that does not work is not waited for longer. */
const DETAILS_WITHIN_MS = 3_000;
/** Nor one of an engine that hangs. */
export const ENGINE_WITHIN_MS = 15_000;

/** Where a lifecycle that has not ended stands. */
export type OpenLifecycle = LifecycleView & { readonly municipalityId: string };

/** Lifecycles that have not ended, of all services that own some, page by page. */
export async function* openLifecycles(
  { services }: Pick<Owners, 'services'>,
  only: { readonly kind?: LifecycleKind; readonly overdue?: boolean } = {},
): AsyncGenerator<OpenLifecycle[]> {
  const owners = new Set(only.kind ? [lifecycles[only.kind].owner] : Object.values(lifecycles).map(ownerOf));
  for (const owner of owners) yield* pagesOf(services[owner], only);
}

const ownerOf = ({ owner }: (typeof lifecycles)[LifecycleKind]) => owner;

async function* pagesOf(
  owner: Owner,
  { kind, overdue = false }: { readonly kind?: LifecycleKind; readonly overdue?: boolean },
): AsyncGenerator<OpenLifecycle[]> {
  let after: string | undefined;
  do {
    const query = { limit: PAGE, ...(kind && { kind }), ...(overdue && { overdue: 'true' as const }) };
    const page = await owner.listLifecycles({ query: { ...query, ...(after && { after }) } });
    yield page.items;
    after = page.next ?? undefined;
  } while (after !== undefined);
}

/** The recorded state of a lifecycle. @throws OperationRefused `not-a-lifecycle-id`, `no-such-lifecycle` */
export async function recordedState(
  owners: Pick<Owners, 'services'>,
  lifecycleId: string,
): Promise<{ state: LifecycleState; terminal: boolean }> {
  const { kind, owner, ownerName } = placeOf(owners, lifecycleId);
  try {
    const { state, terminal } = await owner.getLifecycle({ params: { kind, lifecycleId } });
    return { state: state as unknown as LifecycleState, terminal };
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'not-found') throw error;
    throw new OperationRefused('no-such-lifecycle', `${ownerName} knows no ${kind} ${lifecycleId}`);
  }
}

/** What the engine knows of a lifecycle's workflow. */
export interface EngineView {
  /** As the engine calls it; `unknown` when it has no such workflow, `unreachable` when it does not answer. */
  readonly status: string;
  readonly events: number | null;
  /** What the worker says of it; null when it does not answer. */
  readonly details: string | null;
  readonly pending: readonly { activity: string; attempt: number; lastFailure: string | null }[];
}

export async function engineView(
  { engine }: Pick<Owners, 'engine'>,
  state: Pick<LifecycleState, 'kind' | 'id'>,
  withinMs = ENGINE_WITHIN_MS,
): Promise<EngineView> {
  const handle = engine.workflow.getHandle(workflowIdOf(state.kind, state.id));
  try {
    const describe = () => handle.describe();
    const { status, historyLength, raw } = await engine.withDeadline(Date.now() + withinMs, describe);
    const pending = (raw.pendingActivities ?? []).map(({ activityType, attempt, lastFailure }) => ({
      activity: activityType?.name ?? 'unknown',
      attempt: attempt ?? 1,
      lastFailure: lastFailure?.message ?? null,
    }));
    const details = status.name === 'RUNNING' ? await detailsOf(engine, handle) : null;
    return { status: status.name.toLowerCase(), events: historyLength, details, pending };
  } catch (error) {
    const nothing = { events: null, details: null, pending: [] };
    if (error instanceof WorkflowNotFoundError) return { status: 'unknown', ...nothing };
    if (isConnectivityError(error)) return { status: 'unreachable', ...nothing };
    throw error;
  }
}

type Handle = ReturnType<Owners['engine']['workflow']['getHandle']>;

async function detailsOf(engine: Owners['engine'], handle: Handle): Promise<string | null> {
  const ask = () => handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  const metadata = await engine.withDeadline(Date.now() + DETAILS_WITHIN_MS, ask).catch(() => null);
  return metadata?.currentDetails || null;
}
