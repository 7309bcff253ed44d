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

const Reference = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9/?:().,+_-]{0,34}$/);

/** What the bank or the payroll office says became of one payment. */
export const SettlementLineShape = z
  .object({
    endToEndId: Reference,
    status: z.enum(['settled', 'rejected', 'returned']),
    amount: MoneyShape,
    /** The bank's own reference of this movement: the same one twice is one movement. */
    bankReference: Reference,
    reasonCode: z
      .string()
      .regex(/^[A-Z0-9]{2,35}$/)
      .optional(),
  })
  .meta({ id: 'SettlementLine' });

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
] as const;

/**
 * What becomes of a suspense item.
 * - `matched`: it was these payments; their amounts add up to it exactly.
 * - `offset`: it was ours and came back (or went out again): another open item of the same amount, the other way.
 * - `not-ours`: it has nothing to do with payouts; the ledger forgets it.
 * - `noted`: no money moved.
 */
export const ResolutionShape = z
  .discriminatedUnion('as', [
    z.object({ as: z.literal('matched'), attemptIds: z.array(IdShape).min(1).max(500) }),
    z.object({ as: z.literal('offset'), suspenseId: IdShape }),
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
    /** The message of the bank that said so; null where it came as lines. */
    messageFileId: IdShape.nullable(),
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
const refusals = ['suspense-resolved', 'resolution-unfit', 'own-payment'];

export const settlementRoutes = {
  importSettlements: route('POST /v1/m/{municipalityId}/settlements', {
    summary: 'Take in what became of instructed payments; all lines or none',
    access: { roles: ['finance-clerk', 'payroll'] },
    params: MunicipalityParams,
    body: z.object({ lines: z.array(SettlementLineShape).min(1).max(500) }),
    bodyLimit: 512 * 1024,
    answer: z.object({
      settled: z.int(),
      rejected: z.int(),
      returned: z.int(),
      /** Movements that were taken in before. */
      duplicates: z.int(),
      suspense: z.array(SuspenseShape),
    }),
  }),
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
