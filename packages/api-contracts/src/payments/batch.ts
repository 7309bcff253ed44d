import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { DecisionAnswerShape, LifecycleViewShape } from '../lifecycle-routes.ts';
import {
  IdShape,
  InstantShape,
  MoneyShape,
  MunicipalityParams,
  ReasonShape,
  Sha256Shape,
} from '../shapes.ts';
import { moneyReaders } from './capacity.ts';
import { attemptStates, PayeeRoleShape } from './obligation.ts';
import { VerificationShape } from './payee.ts';

export const batchStates = [
  'proposed',
  'approved',
  'released',
  'instructed',
  'reconciled',
  'refused',
  'expired',
] as const;

export const BatchShape = z
  .object({
    batchId: IdShape,
    pilotId: IdShape,
    state: z.enum(batchStates),
    /** SHA-256 of the canonical content: approver and releaser sign exactly this. */
    sha256: Sha256Shape,
    total: MoneyShape,
    lines: z.int(),
    proposedBy: IdShape,
    approvedBy: IdShape.nullable(),
    releasedBy: IdShape.nullable(),
    proposedAt: InstantShape,
  })
  .meta({ id: 'Batch' });

/**
 * What to look at before signing: other payees have the account; another account waits to take its place; the payee has another one by
 * now (or none), and this payment still goes where it was approved to.
 */
export const payeeWarnings = ['account-shared', 'new-account-waits', 'account-replaced'] as const;

export const BatchLineShape = z
  .object({
    obligationId: IdShape,
    attemptId: IdShape,
    endToEndId: z.string(),
    payeeId: IdShape,
    payeeRole: PayeeRoleShape,
    method: z.enum(['bank', 'payroll']),
    masked: z.string().nullable(),
    /** What the bank said of the account; null where it was not asked. */
    verification: VerificationShape.nullable(),
    warnings: z.array(z.enum(payeeWarnings)),
    amount: MoneyShape,
    state: z.enum(attemptStates),
  })
  .meta({ id: 'BatchLine' });

const BatchParams = MunicipalityParams.extend({ batchId: IdShape });
const Signed = z.object({ batchSha256: Sha256Shape });

export const batchRoutes = {
  proposeBatch: route('POST /v1/m/{municipalityId}/batches', {
    summary: 'Propose a payout batch of obligations of one pilot; starts its lifecycle',
    access: { roles: ['finance-clerk'] },
    params: MunicipalityParams,
    body: z.object({ obligationIds: z.array(IdShape).min(1).max(500) }),
    answer: BatchShape,
    problems: [
      'obligation-not-open',
      'obligation-unknown',
      'obligation-changed',
      'payee-details-missing',
      'batch-mixes-pilots',
      'obligation-repeated',
      'own-payment',
    ],
  }),
  listBatches: route('GET /v1/m/{municipalityId}/batches', {
    summary: 'Batches, by id',
    access: { roles: [...moneyReaders, 'payroll'] },
    params: MunicipalityParams,
    query: PageQueryShape.extend({ state: z.enum(batchStates).optional(), pilotId: IdShape.optional() }),
    answer: pageOf(BatchShape),
  }),
  getBatch: route('GET /v1/m/{municipalityId}/batches/{batchId}', {
    summary: 'A batch with its lines, account numbers masked',
    access: { roles: [...moneyReaders, 'payroll'] },
    params: BatchParams,
    answer: z.object({
      batch: BatchShape,
      lines: z.array(BatchLineShape),
      lifecycle: LifecycleViewShape.nullable(),
    }),
  }),
  approveBatch: route('POST /v1/m/{municipalityId}/batches/{batchId}/approval', {
    kind: 'move',
    summary: 'Approve exactly this content; not by the proposer, nor by anybody it pays',
    access: { roles: ['payout-approver'] },
    params: BatchParams,
    body: Signed,
    answer: DecisionAnswerShape,
    problems: [
      'hash-mismatch',
      'batch-changed',
      'same-person-twice',
      'own-payment',
      'not-awaited',
      'already-decided',
      'suspended',
    ],
  }),
  refuseBatch: route('POST /v1/m/{municipalityId}/batches/{batchId}/refusal', {
    kind: 'move',
    summary: 'Refuse a proposed batch; its obligations are due again',
    access: { roles: ['payout-approver'] },
    params: BatchParams,
    body: z.object({ reason: ReasonShape }),
    answer: DecisionAnswerShape,
    problems: ['same-person-twice', 'not-awaited', 'already-decided', 'suspended'],
  }),
  releaseBatch: route('POST /v1/m/{municipalityId}/batches/{batchId}/release', {
    kind: 'move',
    summary:
      'Release an approved batch for payment; neither by its proposer nor by its approver, nor by anybody it pays',
    access: { roles: ['payout-releaser'] },
    params: BatchParams,
    body: Signed,
    answer: DecisionAnswerShape,
    problems: [
      'hash-mismatch',
      'batch-changed',
      'same-person-twice',
      'own-payment',
      'not-awaited',
      'already-decided',
      'suspended',
    ],
  }),
};
