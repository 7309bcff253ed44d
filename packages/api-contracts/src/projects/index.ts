import { defineApi } from '../api.ts';
import { lifecycleProblems, lifecycleRoutes } from '../lifecycle-routes.ts';
import { standardProblems } from '../problem.ts';
import { assessmentRoutes } from './assessments.ts';
import { deliveryRoutes } from './delivery.ts';
import { discussionRoutes } from './discussion.ts';
import { projectsInternalRoutes } from './internal.ts';
import { measurementRoutes } from './measurement.ts';
import { pilotRoutes } from './pilots.ts';
import { projectsProblems } from './problems.ts';
import { proposalRoutes } from './proposals.ts';
import { recordRoutes } from './records.ts';
import { reviewRoutes } from './reviews.ts';
import { roundRoutes } from './rounds.ts';
import { staffingRoutes } from './staffing.ts';
import { timelineRoutes } from './timeline.ts';

export * from './assessments.ts';
export * from './charter.ts';
export * from './delivery.ts';
export * from './discussion.ts';
export * from './internal.ts';
export * from './measurement.ts';
export * from './pilots.ts';
export * from './proposals.ts';
export * from './records.ts';
export * from './reviews.ts';
export * from './rounds.ts';
export * from './staffing.ts';
export * from './timeline.ts';

/** Everything the projects service answers. */
export const projectsApi = defineApi({
  service: 'projects',
  title: 'Talkoot projects',
  version: '1.0.0',
  description: 'See services/projects/README.md.',
  problems: {
    ...lifecycleProblems,
    ...projectsProblems,
    // Named by routes that need a phase without moving the lifecycle.
    'wrong-phase': standardProblems['wrong-phase'],
  },
  routes: {
    ...lifecycleRoutes,
    ...projectsInternalRoutes,
    ...pilotRoutes,
    ...roundRoutes,
    ...proposalRoutes,
    ...discussionRoutes,
    ...reviewRoutes,
    ...staffingRoutes,
    ...deliveryRoutes,
    ...recordRoutes,
    ...measurementRoutes,
    ...assessmentRoutes,
    ...timelineRoutes,
  },
});
export type ProjectsApi = typeof projectsApi;
