import { DomainError } from '@talkoot/http-service';
import { requireSide } from '../proposal/project.ts';
import type { ProjectDocument, Side } from '../proposal/project.ts';
import type { HoursDocument } from './delivery.store.ts';

/** @throws DomainError `hours-ahead` for work of a day that has not begun anywhere */
export function requirePastWork(date: string, now: Date): void {
  const FURTHEST_EAST = 14 * 3_600_000;
  if (Date.parse(`${date}T00:00:00Z`) > now.getTime() + FURTHEST_EAST) throw new DomainError('hours-ahead');
}

/**
 * Whoever works says so; somebody from the other side confirms it.
 * @throws DomainError `already-confirmed`, `own-hours`, `not-on-team`, `own-side`
 */
export function requireConfirmable(hours: HoursDocument, project: ProjectDocument, confirmer: string): void {
  if (hours.confirmedBy) throw new DomainError('already-confirmed');
  if (hours.personId === confirmer) throw new DomainError('own-hours');
  if (requireSide(project, confirmer) === hours.side) throw new DomainError('own-side');
}

/** Both are on the team, on different sides. @throws DomainError `not-on-team`, `own-side` */
export function requireAcross(project: ProjectDocument, one: string, other: string): Side {
  const side = requireSide(project, one);
  if (requireSide(project, other) === side) throw new DomainError('own-side');
  return side;
}
