import type { AttemptShape, ObligationShape, PayeeRoleShape } from '@talkoot/api-contracts/payments';
import { DomainError, idFrom } from '@talkoot/http-service';
import type { z } from 'zod';
import type { Pot, Team } from '../context.ts';
import type { BookingCodes } from '../ledger/ledger.ts';
import type { Part } from '../ledger/postings.ts';
import type { Vault } from '../payee/vault.ts';

export type ObligationState = z.infer<typeof ObligationShape>['state'];
export type AttemptState = z.infer<typeof AttemptShape>['state'];
export type PayeeRole = z.infer<typeof PayeeRoleShape>;

/** From these a new attempt may be made, or the obligation be closed without payment. */
export const openStates: readonly ObligationState[] = ['due', 'rejected', 'returned'];
/** From these nothing follows by itself. A settled one may still be returned, on any later day. */
export const closedStates: readonly ObligationState[] = ['settled', 'cancelled', 'unclaimed'];

export const isOpen = (state: ObligationState): boolean => openStates.includes(state);
export const isClosed = (state: ObligationState): boolean => closedStates.includes(state);

/** @throws DomainError `obligation-not-open` while it is being paid or once it is closed. */
export function requireOpen(obligation: { readonly _id: string; readonly state: ObligationState }): void {
  if (!isOpen(obligation.state)) {
    throw new DomainError('obligation-not-open', `${obligation._id} is ${obligation.state}`);
  }
}

/** One payee's share of one decision has one id for ever: making it again makes the same. */
export type ObligationIds = (decisionId: string, payeeId: string, tranche: string) => string;

/**
 * Decisions, payees and tranches are public, and ids of obligations stand in files and events that many handle: only a
 * key keeps them from telling who is owed what.
 */
export const obligationIdsOf =
  ({ fingerprint }: Pick<Vault, 'fingerprint'>): ObligationIds =>
  (decisionId, payeeId, tranche) =>
    idFrom(fingerprint(`obligation/${decisionId}/${payeeId}/${tranche}`), 'obl');

/** The key of the public entry that closes an obligation. */
export const closingKeysOf =
  ({ fingerprint }: Pick<Vault, 'fingerprint'>) =>
  (obligationId: string): string =>
    idFrom(fingerprint(`closed/${obligationId}`), 'clo');

/** Identifies one attempt at the bank: 23 characters or a few more, where 35 are allowed. */
export function endToEndIdOf(obligationId: string, number: number): string {
  return `T${obligationId.replace(/^obl-/, '').toUpperCase()}-${number}`;
}

export const attemptIdOf = (obligationId: string, number: number): string =>
  idFrom(`${obligationId}/${number}`, 'att');

const roleOfPot = {
  'civil-servants': 'civil-servant',
  champions: 'champion',
  volunteers: 'volunteer',
} as const satisfies Record<Pot, PayeeRole>;
export const payeeRoleOf = (pot: Pot) => roleOfPot[pot];

/** How a payout is booked until a municipality brings its own chart of accounts. */
export const bookingCodes: Readonly<Record<PayeeRole, BookingCodes>> = {
  'civil-servant': { costCentre: '4100', account: '401000', vatCode: '00' },
  champion: { costCentre: '4100', account: '401500', vatCode: '00' },
  volunteer: { costCentre: '4100', account: '401500', vatCode: '00' },
  contractor: { costCentre: '4100', account: '434000', vatCode: '24' },
  investor: { costCentre: '4100', account: '438000', vatCode: '00' },
};

const people: readonly PayeeRole[] = Object.values(roleOfPot);

/** An obligation as the ledger books it. */
export const partOf = (
  of: BookingCodes & {
    readonly _id: string;
    readonly projectId: string;
    readonly amount: number;
    readonly payeeRole: PayeeRole;
  },
): Part => ({
  obligationId: of._id,
  projectId: of.projectId,
  amount: of.amount,
  personal: people.includes(of.payeeRole),
  codes: { costCentre: of.costCentre, account: of.account, vatCode: of.vatCode },
});

/** Members of the team as the split takes them: one obligation for each person and pot. */
export function splitMembers(decisionId: string, team: Team, idOf: ObligationIds) {
  return team.members.map((member) => ({
    ...member,
    obligationId: idOf(decisionId, member.personId, member.pot),
  }));
}
