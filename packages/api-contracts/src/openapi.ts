import { createDocument } from 'zod-openapi';
import type { ApiSpec, RouteSpec } from './api.ts';
import { IdempotencyKeyShape, IfMatchShape } from './header.ts';
import { ProblemShape, standardProblems } from './problem.ts';
import { refuseUnknownKeys } from './strict.ts';
import { z } from 'zod';

const KeyHeader = z.object({
  'Idempotency-Key': IdempotencyKeyShape.meta({
    description: 'The same key with the same body answers the same',
  }),
});
const MatchHeader = z.object({
  'If-Match': IfMatchShape.meta({ description: 'The ETag that was read' }),
});

/** The OpenAPI 3.1 document of an API, made from the very shapes that validate. */
export function openApiOf(api: ApiSpec, baseUrl = '/'): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, spec] of Object.entries(api.routes)) {
    paths[spec.path] = {
      ...paths[spec.path],
      [spec.method.toLowerCase()]: operationOf(api, name, spec),
    };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: api.title,
      version: api.version,
      description: api.description,
      license: { name: 'EUPL-1.2' },
    },
    servers: [{ url: baseUrl }],
    paths,
    components: {
      securitySchemes: {
        session: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        service: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
      },
    },
  }) as unknown as Record<string, unknown>;
}

function operationOf(api: ApiSpec, name: string, spec: RouteSpec): Record<string, unknown> {
  const access = spec.access;
  const security = 'anyone' in access ? [] : 'services' in access ? [{ service: [] }] : [{ session: [] }];
  return {
    operationId: name,
    summary: spec.summary,
    tags: [spec.access && 'services' in access ? 'internal' : api.service],
    security,
    ...('roles' in access ? { 'x-talkoot-roles': access.roles } : {}),
    ...('services' in access ? { 'x-talkoot-services': access.services } : {}),
    requestParams: {
      path: spec.params,
      query: spec.query,
      ...(spec.kind === 'create' || spec.kind === 'move' ? { header: KeyHeader } : {}),
      ...(spec.kind === 'edit' ? { header: MatchHeader } : {}),
    },
    ...(spec.body
      ? {
          requestBody: {
            required: true,
            content: { [spec.bodyType]: { schema: refuseUnknownKeys(spec.body) } },
          },
        }
      : {}),
    responses: {
      [String(spec.status)]: successOf(spec),
      ...(spec.orStatus ? { [String(spec.orStatus)]: successOf(spec) } : {}),
      ...refusalsOf(api, spec),
    },
  };
}

function successOf(spec: RouteSpec): Record<string, unknown> {
  if (!spec.answer) return { description: 'Done' };
  return { description: 'Done', content: { [spec.answerType]: { schema: spec.answer } } };
}

/** The codes a route may answer: the standard ones that fit it, and its own. */
export function problemCodesOf(
  api: ApiSpec,
  spec: RouteSpec,
): Map<string, { status: number; title: string }> {
  const codes = new Map<string, { status: number; title: string }>();
  const add = (...names: (keyof typeof standardProblems)[]) => {
    for (const code of names) codes.set(code, standardProblems[code]);
  };
  add('invalid-request', 'headers-too-large', 'unexpected', 'unavailable');
  if (!('anyone' in spec.access)) add('unauthenticated', 'token-expired', 'forbidden');
  if (spec.path.includes('{')) add('not-found');
  if (spec.body) add('malformed-body', 'body-too-large', 'unsupported-media-type');
  if (spec.kind === 'create' || spec.kind === 'move')
    add('idempotency-key-required', 'idempotency-key-reused');
  if (spec.kind === 'move') add('wrong-phase', 'outcome-unknown');
  if (spec.kind === 'edit') add('stale-edit', 'precondition-required');
  for (const code of spec.problems) codes.set(code, api.problems[code]!);
  return codes;
}

function refusalsOf(api: ApiSpec, spec: RouteSpec): Record<string, unknown> {
  const byStatus = new Map<number, string[]>();
  for (const [code, { status, title }] of problemCodesOf(api, spec)) {
    byStatus.set(status, [...(byStatus.get(status) ?? []), `\`${code}\`: ${title}`]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, lines]) => [
      String(status),
      {
        description: lines.join('\n\n'),
        content: { 'application/problem+json': { schema: ProblemShape } },
      },
    ]),
  );
}
