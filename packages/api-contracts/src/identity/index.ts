import { defineApi } from '../api.ts';
import { certificateProblems, certificateRoutes } from './certificate.ts';
import { grantProblems, grantRoutes } from './grant.ts';
import { identityInternalRoutes } from './internal.ts';
import { noticeRoutes } from './notice.ts';
import { personnelProblems, personnelRoutes } from './personnel.ts';
import { residentProblems, residentRoutes } from './resident.ts';
import { sessionProblems, sessionRoutes } from './session.ts';

export * from './certificate.ts';
export * from './grant.ts';
export * from './internal.ts';
export * from './notice.ts';
export * from './personnel.ts';
export * from './resident.ts';
export * from './session.ts';

/** Everything the identity service answers. A local stack answers `localIdentityApi` (`identity/local`) as well. */
export const identityApi = defineApi({
  service: 'identity',
  title: 'Talkoot identity',
  version: '1.0.0',
  description: 'See services/identity/README.md.',
  problems: {
    ...sessionProblems,
    ...grantProblems,
    ...personnelProblems,
    ...residentProblems,
    ...certificateProblems,
  },
  routes: {
    ...sessionRoutes,
    ...grantRoutes,
    ...personnelRoutes,
    ...residentRoutes,
    ...certificateRoutes,
    ...noticeRoutes,
    ...identityInternalRoutes,
  },
});
export type IdentityApi = typeof identityApi;

/** The same service, run by the independent auditor: the second issuer of certificates. */
export const auditorApi = defineApi({
  ...identityApi,
  service: 'auditor',
  title: 'Talkoot auditor',
  description: "The auditor's own issuer of certificates. See services/identity/README.md.",
});
