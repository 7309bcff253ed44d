import type { personnelActs } from '@talkoot/api-contracts/identity';
import { DomainError } from '@talkoot/http-service';

/** A changed number does not count before its person had three days to hear of it, like a changed account (decision 0136). */
export const COOLING_OFF_MS = 72 * 3_600_000;

export type PersonnelAct = (typeof personnelActs)[number];

/** Another number, or none, that does not count yet. */
export interface PersonnelChange {
  readonly changeId: string;
  readonly personnelNumber: string | null;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly coolsOffAt: Date;
  readonly confirmedBy: string | null;
  readonly confirmedAt: Date | null;
}

/** Under which number the personnel and payroll systems of a municipality know a person. */
export interface Personnel {
  readonly municipalityId: string;
  readonly personId: string;
  readonly personnelNumber: string | null;
  /** Whether a number ever counted: whoever had one and has none now is not new. */
  readonly hadNumber: boolean;
  readonly change: PersonnelChange | null;
}

export const newPersonnel = (municipalityId: string, personId: string): Personnel => ({
  municipalityId,
  personId,
  personnelNumber: null,
  hadNumber: false,
  change: null,
});

/** As of an instant: a confirmed number takes the place of the former one when it has cooled off. */
export function asOf(personnel: Personnel, at: Date): Personnel {
  const { change } = personnel;
  if (!change?.confirmedBy || change.coolsOffAt > at) return personnel;
  return { ...personnel, personnelNumber: change.personnelNumber, hadNumber: true, change: null };
}

/** Numbers that nobody else may have: the one that counts and the one that waits. */
export const numbersOf = ({ personnelNumber, change }: Personnel): string[] => [
  ...new Set([personnelNumber, change?.personnelNumber ?? null].filter((one) => one !== null)),
];

export interface Proposal {
  readonly changeId: string;
  readonly personnelNumber: string | null;
  readonly by: string;
  readonly at: Date;
}

/**
 * What somebody proposes replaces what waits. The number that counts, or waits, given again, changes nothing. A first number needs no
 * cooling-off: there was never one that it could take the place of.
 * @throws DomainError `own-number`
 */
export function withProposal(before: Personnel, { changeId, personnelNumber, by, at }: Proposal): Personnel {
  const now = asOf(before, at);
  if (now.personId === by) throw new DomainError('own-number');
  const known = now.change ?? now;
  if (known.personnelNumber === personnelNumber) return now;
  if (now.personnelNumber === personnelNumber) return { ...now, change: null };
  const coolsOffAt = now.hadNumber ? new Date(at.getTime() + COOLING_OFF_MS) : at;
  const proposed = { changeId, personnelNumber, proposedBy: by, proposedAt: at, coolsOffAt };
  return { ...now, change: { ...proposed, confirmedBy: null, confirmedAt: null } };
}

/** @throws DomainError `personnel-change-unknown` unless this change still waits */
export function requireChange(before: Personnel, changeId: string, at: Date): PersonnelChange {
  const { change } = asOf(before, at);
  if (change?.changeId !== changeId) throw new DomainError('personnel-change-unknown');
  return change;
}

/** @throws DomainError `personnel-change-unknown`, `own-number`, `same-person-twice` */
export function withConfirmation(before: Personnel, changeId: string, by: string, at: Date): Personnel {
  const change = requireChange(before, changeId, at);
  if (before.personId === by) throw new DomainError('own-number');
  if (change.proposedBy === by) throw new DomainError('same-person-twice');
  if (change.confirmedBy) return before;
  return asOf({ ...before, change: { ...change, confirmedBy: by, confirmedAt: at } }, at);
}
