import { defineApi } from '../api.ts';
import { identityInternalRoutes } from './internal.ts';

export * from './internal.ts';

/** Everything the identity service answers. */
export const identityApi = defineApi({
  service: 'identity',
  title: 'Talkoot identity',
  version: '1.0.0',
  description: 'See services/identity/README.md.',
  problems: {},
  routes: {
    ...identityInternalRoutes,
  },
});
export type IdentityApi = typeof identityApi;
