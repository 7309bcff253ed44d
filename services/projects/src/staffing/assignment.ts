import { isBeforeWork } from '../proposal/project.ts';
import type { Assignment, ProjectDocument } from '../proposal/project.ts';

type Staff = NonNullable<ProjectDocument['staff']>;
/** Whom a manager assigns, with the hours of each. */
export interface NewStaff {
  readonly lead: string;
  readonly civilServants: readonly { personId: string; hours: number }[];
}

/**
 * The staff after an assignment. Whoever is not named any more has an assignment that ended; before the work began they had done
 * nothing. Days to staff count to the first assignment, whatever is changed later.
 */
export function withStaff(
  { staff: before, phase }: Pick<ProjectDocument, 'staff' | 'phase'>,
  { lead, civilServants }: NewStaff,
  { by, at }: { readonly by: string; readonly at: string },
): Staff {
  const earlier = new Map(before?.civilServants.map((one) => [one.personId, one]));
  const named = new Set(civilServants.map(({ personId }) => personId));
  const left = isBeforeWork(phase)
    ? []
    : [...earlier.values()].filter(({ personId }) => !named.has(personId));
  return {
    lead,
    civilServants: civilServants.map((one) => ({ ...one, since: earlier.get(one.personId)?.since ?? at })),
    former: [...(before?.former ?? []), ...left.map((one) => ({ ...one, until: at }))],
    assignedBy: [...new Set([...(before?.assignedBy ?? []), by])],
    at: before?.at ?? at,
  };
}

/** A time that somebody was assigned, with no end while they still are. */
export interface AssignedTime extends Assignment {
  readonly until: string | null;
}

/** Every time that a person was assigned to a project, the present one last. */
export function assignmentsOf({ staff }: Pick<ProjectDocument, 'staff'>, personId: string): AssignedTime[] {
  const all = [
    ...(staff?.former ?? []),
    ...(staff?.civilServants ?? []).map((one) => ({ ...one, until: null })),
  ];
  return all.filter((one) => one.personId === personId);
}

/** Everybody who was ever assigned to a project. */
export const everAssigned = ({ staff }: Pick<ProjectDocument, 'staff'>): string[] =>
  [...(staff?.former ?? []), ...(staff?.civilServants ?? [])].map(({ personId }) => personId);
