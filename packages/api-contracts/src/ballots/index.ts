import { defineApi } from '../api.ts';
import { lifecycleProblems, lifecycleRoutes } from '../lifecycle-routes.ts';
import { castingProblems, castingRoutes } from './casting.ts';
import { deskProblems, deskRoutes } from './desk.ts';
import { ballotsInternalRoutes } from './internal.ts';
import { keyProblems, keyRoutes } from './key.ts';
import { pollProblems, pollRoutes } from './poll.ts';

export * from './casting.ts';
export * from './desk.ts';
export * from './internal.ts';
export * from './key.ts';
export * from './poll.ts';
export * from './result.ts';

/** Everything the ballots service answers. */
export const ballotsApi = defineApi({
  service: 'ballots',
  title: 'Talkoot ballots',
  version: '1.0.0',
  description: 'See services/ballots/README.md.',
  problems: { ...lifecycleProblems, ...pollProblems, ...keyProblems, ...castingProblems, ...deskProblems },
  routes: {
    ...lifecycleRoutes,
    ...ballotsInternalRoutes,
    ...pollRoutes,
    ...keyRoutes,
    ...castingRoutes,
    ...deskRoutes,
  },
});
export type BallotsApi = typeof ballotsApi;
