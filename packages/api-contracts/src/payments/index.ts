import { defineApi } from '../api.ts';
import { lifecycleProblems, lifecycleRoutes } from '../lifecycle-routes.ts';
import { paymentsInternalRoutes } from './internal.ts';

export * from './internal.ts';

/** Everything the payments service answers. */
export const paymentsApi = defineApi({
  service: 'payments',
  title: 'Talkoot payments',
  version: '1.0.0',
  description: 'See services/payments/README.md.',
  problems: {
    ...lifecycleProblems,
    'fund-overdrawn': { status: 409, title: 'The fund does not hold that much' },
  },
  routes: {
    ...lifecycleRoutes,
    ...paymentsInternalRoutes,
  },
});
export type PaymentsApi = typeof paymentsApi;
