import { defineApi } from '../api.ts';
import { lifecycleProblems, lifecycleRoutes } from '../lifecycle-routes.ts';
import { projectsInternalRoutes } from './internal.ts';

export * from './charter.ts';
export * from './internal.ts';

/** Everything the projects service answers. */
export const projectsApi = defineApi({
  service: 'projects',
  title: 'Talkoot projects',
  version: '1.0.0',
  description: 'See services/projects/README.md.',
  problems: {
    ...lifecycleProblems,
  },
  routes: {
    ...lifecycleRoutes,
    ...projectsInternalRoutes,
  },
});
export type ProjectsApi = typeof projectsApi;
