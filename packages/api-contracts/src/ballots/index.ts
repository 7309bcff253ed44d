import { defineApi } from '../api.ts';
import { lifecycleProblems, lifecycleRoutes } from '../lifecycle-routes.ts';
import { ballotsInternalRoutes } from './internal.ts';

export * from './internal.ts';

/** Everything the ballots service answers. */
export const ballotsApi = defineApi({
  service: 'ballots',
  title: 'Talkoot ballots',
  version: '1.0.0',
  description: 'See services/ballots/README.md.',
  problems: {
    ...lifecycleProblems,
    'poll-differs': { status: 409, title: 'Another poll has this id' },
    'poll-not-closed': { status: 409, title: 'The poll is not closed' },
    'poll-not-tallied': { status: 409, title: 'The poll is not tallied yet' },
  },
  routes: {
    ...lifecycleRoutes,
    ...ballotsInternalRoutes,
  },
});
export type BallotsApi = typeof ballotsApi;
