import { createClient } from '@talkoot/api-contracts';
import type { ApiSpec, Client, lifecycleRoutes } from '@talkoot/api-contracts';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import { paymentsApi } from '@talkoot/api-contracts/payments';
import { projectsApi } from '@talkoot/api-contracts/projects';
import { createServiceToken } from '@talkoot/http-service';
import { temporalClient } from '@talkoot/lifecycle-record';
import { kindOfId, lifecycles } from '@talkoot/workflow-contracts';
import type { LifecycleKind } from '@talkoot/workflow-contracts';
import type { Client as Engine } from '@temporalio/client';
import { deploymentOf } from '../operation/deployment.ts';
import { OperationRefused } from '../operation/operation.errors.ts';

/** What every service that owns lifecycles answers to the CLI. */
export type Owner = Client<ApiSpec<typeof lifecycleRoutes>>;
export type OwnerName = (typeof lifecycles)[LifecycleKind]['owner'];

/** The services that own lifecycles, and the engine that runs them. */
export interface Owners {
  readonly services: Readonly<Record<OwnerName, Owner>>;
  readonly engine: Engine;
  /** Address of the pages of the engine. */
  readonly uiUrl: string;
}

const needed = [
  'PROJECTS_URL',
  'BALLOTS_URL',
  'PAYMENTS_URL',
  'SERVICE_KEY_FILE',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
  'TEMPORAL_UI_URL',
] as const;

/** Does some work with the owners of a deployment, and leaves them when it is done. */
export async function withOwners<T>(
  data: string | undefined,
  work: (owners: Owners) => Promise<T>,
): Promise<T> {
  const at = await deploymentOf(needed, data);
  const owner = (api: ApiSpec, audience: OwnerName, baseUrl: string) => {
    const token = createServiceToken({ keyFile: at.SERVICE_KEY_FILE, name: 'cli', audience });
    return createClient(api, { baseUrl, token, deadlineMs: 30_000 }) as unknown as Owner;
  };
  const engine = temporalClient({ address: at.TEMPORAL_ADDRESS, namespace: at.TEMPORAL_NAMESPACE });
  const services = {
    projects: owner(projectsApi, 'projects', at.PROJECTS_URL),
    ballots: owner(ballotsApi, 'ballots', at.BALLOTS_URL),
    payments: owner(paymentsApi, 'payments', at.PAYMENTS_URL),
  };
  try {
    const uiUrl = `${at.TEMPORAL_UI_URL}/namespaces/${at.TEMPORAL_NAMESPACE}`;
    return await work({ services, engine, uiUrl });
  } finally {
    await engine.connection.close();
  }
}

/** A lifecycle by its id: its kind, and who owns it. @throws OperationRefused `not-a-lifecycle-id` */
export function placeOf(
  { services }: Pick<Owners, 'services'>,
  lifecycleId: string,
): { kind: LifecycleKind; owner: Owner; ownerName: OwnerName } {
  const kind = kindOfId(lifecycleId);
  if (kind) return { kind, owner: services[lifecycles[kind].owner], ownerName: lifecycles[kind].owner };
  const prefixes = Object.values(lifecycles).map(({ idPrefix }) => `${idPrefix}-`);
  throw new OperationRefused(
    'not-a-lifecycle-id',
    `"${lifecycleId}" begins with none of ${prefixes.join(', ')}`,
  );
}
