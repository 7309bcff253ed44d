import { ServiceConfigShape } from '@talkoot/http-service';
import { z } from 'zod';

/** What the worker needs from its environment. */
export const WorkerConfigShape = ServiceConfigShape.pick({
  PORT: true,
  LISTEN_HOST: true,
  TEMPORAL_ADDRESS: true,
  TEMPORAL_NAMESPACE: true,
  IDENTITY_URL: true,
  AUDITOR_URL: true,
  BALLOTS_URL: true,
  PROJECTS_URL: true,
  PAYMENTS_URL: true,
  SERVICE_KEY_FILE: true,
  LOG_LEVEL: true,
}).extend({
  /** Address of the site, for links from the Temporal UI to the public page. */
  WEB_URL: z.url().optional(),
});
export type WorkerConfig = z.infer<typeof WorkerConfigShape>;
