import type { ApiSpec, Grants, Role, RouteSpec, ServiceName } from '@talkoot/api-contracts';
import type { Logger } from 'pino';
import type { z } from 'zod';

/** Who calls. A person's id is opaque and random; grants are their roles by municipality. */
export type Actor =
  | { readonly kind: 'person'; readonly id: string; readonly grants: Grants }
  | { readonly kind: 'service'; readonly name: ServiceName }
  | { readonly kind: 'anonymous' };

export interface Person {
  readonly id: string;
  readonly grants: Grants;
}

type Out<T> = T extends z.ZodType ? z.output<T> : undefined;
type In<T> = T extends z.ZodType ? z.input<T> : undefined;

/** What a handler receives: parsed, authenticated and authorised. */
export interface Call<R extends RouteSpec = RouteSpec> {
  readonly params: Out<R['params']>;
  readonly query: Out<R['query']>;
  readonly body: Out<R['body']>;
  readonly actor: Actor;
  /** The person who calls; throws `unauthenticated` when it is not a person. */
  readonly person: Person;
  /** The person's roles in `params.municipalityId`; empty for anyone else. */
  readonly rolesHere: readonly Role[];
  /** SHA-256 (hex) of service, route, actor and Idempotency-Key; empty when the route asks for no key. */
  readonly operationId: string;
  /** SHA-256 (hex) of the path, the query and the body as sent, keys sorted; empty when the route asks for no key. */
  readonly bodyHash: string;
  /** If-Match as sent; always there on an `edit`. */
  readonly ifMatch: string | undefined;
  /** A cookie as sent. Only a sign-in under way uses one: who calls is told by the token alone. */
  readonly cookie: (name: string) => string | undefined;
  readonly log: Logger;
  /** Aborts when the deadline of the request has passed or the caller has gone. */
  readonly signal: AbortSignal;
}

/** What a handler answers. `status` and the content type come from the route unless said. */
export interface Reply<A = unknown> {
  readonly body?: A | undefined;
  /** In place of a body that is too large to be held at once: sent as it comes, and not checked against the shape. */
  readonly stream?: AsyncIterable<Uint8Array> | undefined;
  readonly etag?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly status?: number | undefined;
}

export type Handler<R extends RouteSpec> = (call: Call<R>) => Promise<Reply<In<R['answer']>>>;

/** One handler for each route of the API, under the route's name. */
export type Handlers<A extends ApiSpec> = {
  readonly [N in keyof A['routes']]: Handler<A['routes'][N]>;
};
