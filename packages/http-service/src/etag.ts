import { DomainError } from './domain.error.ts';

/** The strong entity tag of a version. */
export function etagOf(version: number): string {
  return `"v${version}"`;
}

/**
 * Refuses an edit of anything but the version that was read.
 * @throws DomainError `precondition-required` without If-Match, `stale-edit` when it names another version.
 */
export function requireMatch(call: { readonly ifMatch: string | undefined }, version: number): void {
  if (call.ifMatch === undefined) throw new DomainError('precondition-required');
  if (call.ifMatch !== etagOf(version)) throw new DomainError('stale-edit');
}
