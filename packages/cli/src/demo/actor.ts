import { localAuditorApi, localIdentityApi } from '@talkoot/api-contracts/identity/local';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import { paymentsApi } from '@talkoot/api-contracts/payments';
import { projectsApi } from '@talkoot/api-contracts/projects';
import type { Client } from '@talkoot/api-contracts';
import type { StackUrls } from '@talkoot/local-stack';
import { patientClient } from './patience.ts';

/** A person in the demo, with a client of each service that carries their own token; the auditor's is another one. */
export interface Actor {
  /** Stable name in the plan, e.g. `sponsor` or `resident-12`. */
  readonly key: string;
  readonly personId: string;
  readonly identity: Client<typeof localIdentityApi>;
  /** The second issuer of certificates; it knows nobody who has not signed in to it. */
  readonly auditor: Client<typeof localAuditorApi>;
  readonly ballots: Client<typeof ballotsApi>;
  readonly projects: Client<typeof projectsApi>;
  readonly payments: Client<typeof paymentsApi>;
}

export type Services = Pick<Actor, 'identity' | 'auditor' | 'ballots' | 'projects' | 'payments'>;

/** Whom the services know a person by; without a token they are an anonymous visitor. */
export interface Tokens {
  readonly session?: () => Promise<string>;
  readonly auditor?: () => Promise<string>;
}

/** Clients of all services with the tokens of one person. */
export function servicesFor(urls: StackUrls, { session, auditor }: Tokens = {}): Services {
  const at = (baseUrl: string, token = session) => (token ? { baseUrl, token } : { baseUrl });
  return {
    identity: patientClient(localIdentityApi, at(urls.identity)),
    auditor: patientClient(localAuditorApi, auditor ? at(urls.auditor, auditor) : { baseUrl: urls.auditor }),
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
