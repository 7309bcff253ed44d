import { createClient } from '@talkoot/api-contracts';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import { auditorApi, identityApi } from '@talkoot/api-contracts/identity';
import { paymentsApi } from '@talkoot/api-contracts/payments';
import { projectsApi } from '@talkoot/api-contracts/projects';
import { createServiceToken } from '@talkoot/http-service';
import type { Clients } from './activities/clients.ts';
import type { WorkerConfig } from './worker.config.ts';

/** The four services and the auditor's issuer, each called with a token for it alone. */
export function createClients(config: WorkerConfig): Clients {
  const options = (audience: string, baseUrl: string) => ({
    baseUrl,
    token: createServiceToken({ keyFile: config.SERVICE_KEY_FILE, name: 'worker', audience }),
    deadlineMs: 25_000,
  });
  return {
    identity: createClient(identityApi, options('identity', config.IDENTITY_URL)),
    auditor: createClient(auditorApi, options('auditor', config.AUDITOR_URL)),
    ballots: createClient(ballotsApi, options('ballots', config.BALLOTS_URL)),
    projects: createClient(projectsApi, options('projects', config.PROJECTS_URL)),
    payments: createClient(paymentsApi, options('payments', config.PAYMENTS_URL)),
  };
}
