import { localIdentityApi } from '@talkoot/api-contracts/identity/local';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import { paymentsApi } from '@talkoot/api-contracts/payments';
import { projectsApi } from '@talkoot/api-contracts/projects';
import type { Client } from '@talkoot/api-contracts';
import type { StackUrls } from '@talkoot/local-stack';
import { patientClient } from './patience.ts';

/** A person in the demo, with a client of each service that carries their own token. */
export interface Actor {
  /** Stable name in the plan, e.g. `sponsor` or `resident-12`. */
  readonly key: string;
  readonly personId: string;
  readonly identity: Client<typeof localIdentityApi>;
  readonly ballots: Client<typeof ballotsApi>;
  readonly projects: Client<typeof projectsApi>;
  readonly payments: Client<typeof paymentsApi>;
}

export type Services = Pick<Actor, 'identity' | 'ballots' | 'projects' | 'payments'>;

/** Clients of all services with one token; without one, as an anonymous visitor. */
export function servicesFor(urls: StackUrls, token?: () => Promise<string>): Services {
  const at = (baseUrl: string) => (token ? { baseUrl, token } : { baseUrl });
  return {
    identity: patientClient(localIdentityApi, at(urls.identity)),
    ballots: patientClient(ballotsApi, at(urls.ballots)),
    projects: patientClient(projectsApi, at(urls.projects)),
    payments: patientClient(paymentsApi, at(urls.payments)),
  };
}

const RENEW_BEFORE_MS = 120_000;

/** Hands out what `obtain` grants, and obtains it again before it expires. */
export function renewing<T extends { expiresAt: string }>(obtain: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | null = null;
  let expires = 0;
  return async () => {
    if (!current || Date.now() > expires - RENEW_BEFORE_MS) {
      expires = Number.POSITIVE_INFINITY;
      current = obtain().catch((error: unknown) => {
        current = null;
        throw error;
      });
      expires = Date.parse((await current).expiresAt);
    }
    return current;
  };
}
