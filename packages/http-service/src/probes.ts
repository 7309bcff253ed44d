import express from 'express';
import type { Express } from 'express';
import { answerMetrics } from './metrics.ts';
import { checkReadiness } from './readiness.ts';
import type { Readiness } from './readiness.ts';
import { isStopping } from './stopping.ts';

/** GET /health, /ready and /metrics of a process. A process without an API, such as the worker, serves only these. */
export function addProbes(app: Express, readiness: Readiness): void {
  app.get('/health', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/ready', async (_request, response) => {
    const report = isStopping()
      ? { ready: false, checks: { running: 'failed' } }
      : await checkReadiness(readiness);
    response
      .status(report.ready ? 200 : 503)
      .setHeader('Cache-Control', 'no-store')
      .json(report);
  });
  app.get('/metrics', (request, response) => answerMetrics(request, response));
}

/** An app with nothing but the probes. */
export function createProbes(readiness: Readiness): Express {
  const app = express();
  app.disable('x-powered-by');
  addProbes(app, readiness);
  return app;
}
