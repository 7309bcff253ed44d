import { ballotsActivities } from './ballots.activities.ts';
import type { Clients } from './clients.ts';
import { reportTrouble } from './heal.ts';
import { issuersActivities } from './issuers.activities.ts';
import { lifecycleActivities } from './lifecycle.activities.ts';
import { paymentsActivities } from './payments.activities.ts';
import { projectsActivities } from './projects.activities.ts';

/** Every activity of the worker, over the services' typed clients. */
export function createActivities(clients: Clients, site: { readonly publicUrl: string | null }) {
  return reportTrouble({
    ...lifecycleActivities(clients, site),
    ...projectsActivities(clients),
    ...ballotsActivities(clients),
    ...issuersActivities(clients),
    ...paymentsActivities(clients),
  });
}
export type Activities = ReturnType<typeof createActivities>;
