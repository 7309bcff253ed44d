import type { Role, RouteSpec } from '@talkoot/api-contracts';
import type { Actor } from './call.ts';
import { DomainError } from './domain.error.ts';

/** The roles an actor holds in a municipality. Only persons hold any. */
export function rolesIn(actor: Actor, municipalityId: string | undefined): readonly Role[] {
  if (actor.kind !== 'person' || municipalityId === undefined) return [];
  return Object.hasOwn(actor.grants, municipalityId) ? (actor.grants[municipalityId] ?? []) : [];
}

/**
 * Deny by default. It looks at the address only, before anything is looked up, so that a refusal tells nothing
 * about what exists.
 * @throws DomainError `unauthenticated` without a token, `forbidden` when the token does not suffice.
 */
export function authorise(spec: RouteSpec, actor: Actor, municipalityId: string | undefined): void {
  const { access } = spec;
  if ('anyone' in access) return;
  if (actor.kind === 'anonymous') throw new DomainError('unauthenticated');
  if ('signedIn' in access && actor.kind === 'person') return;
  if ('services' in access && actor.kind === 'service' && access.services.includes(actor.name)) return;
  if ('roles' in access && rolesIn(actor, municipalityId).some((role) => access.roles.includes(role))) return;
  throw new DomainError('forbidden');
}
