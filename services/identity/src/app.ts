import { auditorApi, identityApi } from '@talkoot/api-contracts/identity';
import { localAuditorApi, localIdentityApi } from '@talkoot/api-contracts/identity/local';
import { createService } from '@talkoot/http-service';
import type { Auth, Logger, Readiness } from '@talkoot/http-service';
import { certificateRoutes } from './certificate/certificate.routes.ts';
import { issuanceRoutes } from './certificate/issuance.routes.ts';
import type { Identity } from './identity.ts';
import { localRoutes } from './local/local.routes.ts';
import { noticeRoutes } from './notice/notice.routes.ts';
import { personnelRoutes } from './personnel/personnel.routes.ts';
import { residentRoutes } from './resident/resident.routes.ts';
import { grantRoutes } from './role/grant.routes.ts';
import { rollRoutes } from './roll/roll.routes.ts';
import { sessionRoutes } from './session/session.routes.ts';
import { signInRoutes } from './sign-in/sign-in.routes.ts';
import type { SignInSettings } from './sign-in/sign-in.routes.ts';

export interface IdentityAppOptions {
  readonly identity: Identity;
  readonly signIn: SignInSettings;
  readonly auth: Auth;
  readonly log: Logger;
  readonly publicUrl: string;
  readonly readiness?: Readiness;
  /** Opens the routes of a local stack; without it they do not exist. */
  readonly localSecret?: string | undefined;
}

/** A register of 50,000 residents takes its time. */
const DEADLINE_MS = 60_000;

export function createIdentityApp({ identity, signIn, localSecret, ...shell }: IdentityAppOptions) {
  const { connection } = identity;
  const handlers = {
    ...signInRoutes(identity, signIn),
    ...sessionRoutes(identity),
    ...grantRoutes(identity),
    ...personnelRoutes(identity),
    ...residentRoutes(identity),
    ...rollRoutes(identity),
    ...certificateRoutes(identity),
    ...issuanceRoutes(identity),
    ...noticeRoutes(identity),
  };
  const options = { ...shell, connection, deadlineMs: DEADLINE_MS };
  const isAuditor = identity.name === 'auditor';
  if (localSecret === undefined) {
    return createService({ ...options, api: isAuditor ? auditorApi : identityApi, handlers });
  }
  const local = { ...handlers, ...localRoutes(identity, localSecret) };
  return createService({ ...options, api: isAuditor ? localAuditorApi : localIdentityApi, handlers: local });
}
