import { openApiOf } from '@talkoot/api-contracts';
import type { ApiSpec, RouteSpec } from '@talkoot/api-contracts';
import express from 'express';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import helmet from 'helmet';
import type { Connection } from 'mongoose';
import { logRequests } from './access.log.ts';
import { sendProblem } from './answer.ts';
import type { Auth } from './authentication.ts';
import type { Handler, Handlers } from './call.ts';
import { DomainError } from './domain.error.ts';
import type { Logger } from './log.ts';
import { pingMongo } from './mongo.ts';
import { addProbes } from './probes.ts';
import { problemOf } from './problem.ts';
import type { Readiness } from './readiness.ts';
import { serveRoute } from './route.ts';
import { expressPath, groupByPath } from './route.order.ts';
import { keepSilent } from './silence.ts';

export interface ServiceOptions<A extends ApiSpec> {
  readonly api: A;
  readonly handlers: Handlers<A>;
  readonly auth: Auth;
  readonly log: Logger;
  /** Adds the readiness check `mongodb`. */
  readonly connection?: Connection;
  readonly readiness?: Readiness;
  /** Address under which clients reach the service; shown in its OpenAPI document. */
  readonly publicUrl?: string;
  /** Time a request may take; 15 s unless said. */
  readonly deadlineMs?: number;
}

/** The Express app of a service: its API's routes, probes, OpenAPI document, and problems for everything else. */
export function createService<const A extends ApiSpec>(options: ServiceOptions<A>): Express {
  const { api, log, connection } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('strict routing');
  app.enable('case sensitive routing');
  app.set('query parser', false);
  app.use(helmet());
  app.use(logRequests(log));
  addProbes(app, { ...(connection ? { mongodb: () => pingMongo(connection) } : {}), ...options.readiness });
  addOpenApi(app, api, options.publicUrl);
  addRoutes(app, options);
  app.use(() => {
    throw new DomainError('not-found');
  });
  app.use(answerError(api, log));
  return app;
}

function addRoutes<A extends ApiSpec>(app: Express, options: ServiceOptions<A>): void {
  const setting = { ...options, deadlineMs: options.deadlineMs ?? 15_000 };
  for (const [path, named] of groupByPath(options.api.routes)) {
    const route = app.route(expressPath(path, named[0]![1].rest));
    for (const [name, spec] of named) {
      requireHandler(options, name, spec);
      if (spec.silent) keepSilent(spec);
      const handler = options.handlers[name] as unknown as Handler<RouteSpec>;
      const serve = serveRoute(setting, name, spec, handler);
      const method = spec.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
      route[method](nameRoute(spec), serve);
    }
    route.all(refuseMethod(named.map(([, spec]) => spec.method)));
  }
}

function requireHandler(options: ServiceOptions<ApiSpec>, name: string, spec: RouteSpec): void {
  if (typeof options.handlers[name] !== 'function')
    throw new Error(`${options.api.service} has no handler ${name}`);
  if ('roles' in spec.access && !spec.path.includes('{municipalityId}')) {
    throw new Error(`${name} asks for roles but names no {municipalityId} in its path`);
  }
}

/** The access log shows the template of the path, never the path. */
function nameRoute(spec: RouteSpec): RequestHandler {
  return (_request, response, next) => {
    response.locals['route'] = spec.path;
    response.locals['silent'] = spec.silent;
    next();
  };
}

function refuseMethod(methods: readonly string[]): RequestHandler {
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
  return (_request, response) => {
    response.setHeader('Allow', allow);
    throw new DomainError('method-not-allowed');
  };
}

function addOpenApi(app: Express, api: ApiSpec, publicUrl: string | undefined): void {
  let document: string | undefined;
  app.get('/openapi.json', (_request, response) => {
    document ??= JSON.stringify(openApiOf(api, publicUrl));
    response.type('application/json').send(document);
  });
}

function answerError(api: ApiSpec, log: Logger): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (error: unknown, _request, response, _next) => {
    const answer = problemOf(api, error);
    // Neither who has gone, nor a refusal of a silent route, of whose requests there is no line at all.
    const isUnsaid =
      error instanceof DomainError && (response.destroyed || response.locals['silent'] === true);
    if (answer.ours && !isUnsaid)
      log.error({ err: error, code: answer.problem.code, route: response.locals['route'] }, 'request failed');
    if (response.headersSent) {
      response.destroy();
      return;
    }
    sendProblem(response, answer);
  };
}
