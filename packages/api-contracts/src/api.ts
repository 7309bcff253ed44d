import { z } from 'zod';
import type { ProblemSpec } from './problem.ts';
import type { Role, ServiceName } from './roles.ts';

/**
 * Who may call a route. Deny by default: a route names exactly one of these.
 * - `anyone`: no token needed.
 * - `signedIn`: any person with a valid session, whatever the municipality.
 * - `roles`: a person holding one of the roles in the municipality named by `{municipalityId}` in the path.
 * - `services`: another process with a service token.
 */
export type Access =
  | { readonly anyone: true }
  | { readonly signedIn: true }
  | { readonly roles: readonly Role[] }
  | { readonly services: readonly ServiceName[] };

/**
 * What a route does, and so which headers it asks for:
 * - `read`: GET, changes nothing.
 * - `create`: makes or records something; needs Idempotency-Key; the same key and body answer the same again.
 * - `move`: a decision that moves a lifecycle; needs Idempotency-Key; answered from the decision record for ever.
 * - `edit`: changes what exists; needs If-Match with the ETag that was read, and Idempotency-Key is not used.
 * - `plain`: a POST that is harmless to repeat and is not stored under a key (sign-in, anonymous casting).
 */
export type RouteKind = 'read' | 'create' | 'move' | 'edit' | 'plain';

export interface RouteSpec<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  B extends z.ZodType | undefined = z.ZodType | undefined,
  A extends z.ZodType | undefined = z.ZodType | undefined,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** OpenAPI path with `{name}` parameters. */
  readonly path: string;
  readonly kind: RouteKind;
  readonly summary: string;
  readonly access: Access;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /**
   * Content type of the body; JSON unless said. A form arrives as an object of strings, text, CSV and XML as one string,
   * octets as `Uint8Array`.
   */
  readonly bodyType:
    | 'application/json'
    | 'text/csv'
    | 'text/plain'
    | 'application/xml'
    | 'application/x-www-form-urlencoded'
    | 'application/octet-stream';
  /** Largest accepted body in bytes. */
  readonly bodyLimit: number;
  readonly status: 200 | 201 | 202 | 204 | 302;
  /** Another status of success that it may answer, with the same shape: 202 where what was asked for comes later. */
  readonly orStatus: 202 | null;
  readonly answer: A;
  /** Octets are answered as `Uint8Array`. */
  readonly answerType:
    | 'application/json'
    | 'text/csv'
    | 'text/html'
    | 'text/plain'
    | 'application/xml'
    | 'application/octet-stream';
  /** Codes beyond the standard ones, each declared in the API's `problems`. */
  readonly problems: readonly string[];
  /** Name of the last path parameter, where it may hold slashes. */
  readonly rest: string | null;
  /** Leaves no access log, no trace and no labelled metric: for casting a ballot nobody may connect to a person. */
  readonly silent: boolean;
}

export interface ApiSpec<R extends Record<string, RouteSpec> = Record<string, RouteSpec>> {
  readonly service: string;
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly problems: Readonly<Record<string, ProblemSpec>>;
  readonly routes: R;
}

const nothing = z.object({});
type Nothing = typeof nothing;

interface RouteInput<P, Q, B, A> {
  readonly kind?: RouteKind;
  readonly summary: string;
  readonly access: Access;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly bodyType?: RouteSpec['bodyType'];
  readonly bodyLimit?: number;
  readonly status?: RouteSpec['status'];
  readonly orStatus?: 202;
  readonly answer?: A;
  readonly answerType?: RouteSpec['answerType'];
  readonly problems?: readonly string[];
  readonly silent?: boolean;
  readonly rest?: string;
}

const kinds = { GET: 'read', POST: 'create', PUT: 'edit', PATCH: 'edit', DELETE: 'edit' } as const;

// NoInfer: what `defineApi` expects must not decide what a route without params, query, body or answer has.
/** Declares one route, e.g. `route('POST /v1/m/{municipalityId}/pilots', {...})`. Path parameters must be in `params`. */
export function route<
  P extends z.ZodObject = Nothing,
  Q extends z.ZodObject = Nothing,
  B extends z.ZodType | undefined = undefined,
  A extends z.ZodType | undefined = undefined,
>(
  signature: `${RouteSpec['method']} /${string}`,
  input: RouteInput<P, Q, B, A>,
): RouteSpec<NoInfer<P>, NoInfer<Q>, NoInfer<B>, NoInfer<A>> {
  const [method, path] = signature.split(' ') as [RouteSpec['method'], string];
  const kind = input.kind ?? kinds[method];
  return {
    method,
    path,
    kind,
    summary: input.summary,
    access: input.access,
    params: input.params ?? (nothing as unknown as P),
    query: input.query ?? (nothing as unknown as Q),
    body: input.body as B,
    bodyType: input.bodyType ?? 'application/json',
    bodyLimit: input.bodyLimit ?? 64 * 1024,
    status: input.status ?? (kind === 'create' ? 201 : 200),
    orStatus: input.orStatus ?? null,
    answer: input.answer as A,
    answerType: input.answerType ?? 'application/json',
    problems: input.problems ?? [],
    silent: input.silent ?? false,
    rest: input.rest ?? null,
  };
}

/** Declares the API of one service. */
export function defineApi<const R extends Record<string, RouteSpec<any, any, any, any>>>(
  spec: ApiSpec<R>,
): ApiSpec<R> {
  for (const [name, one] of Object.entries(spec.routes)) {
    for (const code of one.problems) {
      if (!(code in spec.problems))
        throw new Error(`${spec.service}.${name} names the undeclared problem ${code}`);
    }
  }
  return spec;
}

/** Query of every list. `after` is the opaque cursor of the page before. */
export const PageQueryShape = z.object({
  after: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type PageQuery = z.infer<typeof PageQueryShape>;

/** One page of a list; `next` is null on the last. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}
export interface Page<T> {
  items: T[];
  next: string | null;
}
