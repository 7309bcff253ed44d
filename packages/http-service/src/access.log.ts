import type { RequestHandler } from 'express';
import type { Logger } from './log.ts';
import { countSilent } from './metrics.ts';

const probes = new Set(['/health', '/ready', '/metrics']);

/** One line for each request: method, template of the path, status, milliseconds. Never the path, query or caller. */
export function logRequests(log: Logger): RequestHandler {
  return (request, response, next) => {
    const began = performance.now();
    const { method } = request;
    response.once('close', () => {
      if (response.locals['silent']) return countSilent();
      const route =
        (response.locals['route'] as string | undefined) ?? (probes.has(request.path) ? request.path : null);
      const line = { method, route, status: response.statusCode, ms: Math.round(performance.now() - began) };
      if (route !== null && probes.has(route)) log.trace(line, 'probe');
      else log.info({ ...line, ...(response.writableFinished ? {} : { broken: true }) }, 'request');
    });
    next();
  };
}
