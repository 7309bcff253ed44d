import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import {
  IdShape,
  InstantShape,
  MoneyShape,
  MunicipalityParams,
  ReasonShape,
  Sha256Shape,
  TextRefShape,
} from '../shapes.ts';
import { moneyReaders } from './capacity.ts';

/** Why what the bank said waits for a person. */
export const suspenseCodes = [
  'unknown-end-to-end-id',
  'amount-differs',
  'currency-differs',
  'second-booking',
  'booked-after-rejection',
  'attempt-not-in-transit',
  'no-details',
  'details-differ',
  'reversal',
  'credit-without-return',
  'reference-reused',
  'status-contradictory',
  'status-unknown',
  'not-in-this-file',
  'not-through-bank',
  'left-over',
] as const;

/**
 * What becomes of a suspense item.
 * - `matched`: it was these payments; their amounts add up to it exactly.
 * - `offset`: it was ours and came back (or went out again): another open item of the same amount, the other way.
 * - `returned`: this payment came back, less a fee that a bank kept: it is owed in full again, and the municipality bears the fee. Payment = what came in + fee, which is at most 5 % of it (5.00 of small payments, 50.00 of large ones).
 * - `receivable`: a payee of an outcome contract paid what it owes. `amount` of it where not all: what is left stays in suspense as an item of its own.
 * - `not-ours`: it has nothing to do with payouts; the ledger forgets it.
 * - `noted`: no money moved.
 */
export const ResolutionShape = z
  .discriminatedUnion('as', [
    z.object({ as: z.literal('matched'), attemptIds: z.array(IdShape).min(1).max(500) }),
    z.object({ as: z.literal('offset'), suspenseId: IdShape }),
    z.object({ as: z.literal('returned'), attemptId: IdShape, fee: MoneyShape }),
    z.object({ as: z.literal('receivable'), contractId: IdShape, amount: MoneyShape.optional() }),
    z.object({ as: z.literal('not-ours') }),
    z.object({ as: z.literal('noted') }),
  ])
  .meta({ id: 'SuspenseResolution' });
export type Resolution = z.infer<typeof ResolutionShape>;

export const SuspenseShape = z
  .object({
    suspenseId: IdShape,
    code: z.enum(suspenseCodes),
    /** Money may have been paid twice: call the bank today. */
    alarm: z.boolean(),
    endToEndId: z.string().nullable(),
    /** Whether money left the account, came in, or did not move. */
    way: z.enum(['out', 'in', 'none']),
    /** Null where the bank named none. */
    amount: MoneyShape.nullable(),
    reference: z.string(),
    reasonCode: z.string().nullable(),
    /** The message of the bank that said so. */
    messageFileId: IdShape,
    at: InstantShape,
    state: z.enum(['open', 'proposed', 'resolved']),
    proposal: z
      .object({
        resolution: ResolutionShape,
        reason: TextRefShape,
        by: IdShape,
        sha256: Sha256Shape,
        at: InstantShape,
      })
      .nullable(),
    confirmedBy: IdShape.nullable(),
    resolvedAt: InstantShape.nullable(),
  })
  .meta({ id: 'SuspenseItem' });

const SuspenseParams = MunicipalityParams.extend({ suspenseId: IdShape });
const refusals = ['suspense-resolved', 'resolution-unfit', 'fee-too-high', 'own-payment'];

export const settlementRoutes = {
  listSuspense: route('GET /v1/m/{municipalityId}/suspense', {
    summary: 'What the bank said that fits no payment, for a person to look into; by id',
    access: { roles: [...moneyReaders] },
    params: MunicipalityParams,
    query: PageQueryShape.extend({ state: z.enum(['unresolved', 'resolved']).optional() }),
    answer: pageOf(SuspenseShape),
  }),
  proposeResolution: route('POST /v1/m/{municipalityId}/suspense/{suspenseId}/proposal', {
    summary: 'Propose what a suspense item is; replaces an earlier proposal',
    access: { roles: ['finance-clerk'] },
    params: SuspenseParams,
    body: z.object({ resolution: ResolutionShape, reason: ReasonShape }),
    answer: SuspenseShape,
    problems: refusals,
  }),
  confirmResolution: route('POST /v1/m/{municipalityId}/suspense/{suspenseId}/confirmation', {
    summary: 'As another person, confirm exactly that proposal: it is posted to the ledger',
    access: { roles: ['payout-approver'] },
    params: SuspenseParams,
    body: z.object({ proposalSha256: Sha256Shape }),
    answer: SuspenseShape,
    problems: [...refusals, 'hash-mismatch', 'same-person-twice', 'not-proposed'],
  }),
};
