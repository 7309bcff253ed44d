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
import { ConfirmationShape } from './confirmation.ts';

export const obligationStates = [
  'due',
  'batched',
  'instructed',
  'settled',
  'returned',
  'rejected',
  'cancelled',
  'unclaimed',
] as const;
export const ObligationStateShape = z.enum(obligationStates).meta({ id: 'ObligationState' });

export const payeeRoles = ['civil-servant', 'champion', 'volunteer', 'contractor', 'investor'] as const;
export const PayeeRoleShape = z.enum(payeeRoles).meta({ id: 'PayeeRole' });

export const attemptStates = [
  'batched',
  'approved',
  'released',
  'in-transit',
  'settled',
  'rejected',
  'returned',
  'withdrawn',
] as const;

export const AttemptShape = z
  .object({
    attemptId: IdShape,
    number: z.int().min(1),
    batchId: IdShape,
    endToEndId: z.string().max(35),
    method: z.enum(['bank', 'payroll']),
    state: z.enum(attemptStates),
    reasonCode: z.string().nullable(),
  })
  .meta({ id: 'PaymentAttempt' });

/** What one payee is owed out of one decision: unique for ever, paid at most once. */
export const ObligationShape = z
  .object({
    obligationId: IdShape,
    projectId: IdShape,
    pilotId: IdShape,
    decisionId: IdShape,
    payeeId: IdShape,
    payeeRole: PayeeRoleShape,
    amount: MoneyShape,
    state: ObligationStateShape,
    fiscalYear: z.int(),
    costCentre: z.string(),
    account: z.string(),
    vatCode: z.string(),
    /** Why it was closed without payment. */
    closedBecause: z.enum(['declined', 'cancelled', 'unclaimed']).nullable(),
    reason: TextRefShape.nullable(),
    /** That one person would cancel it, and who confirmed that; null where nobody would. Any payment of it makes a proposal stale. */
    cancellation: ConfirmationShape.nullable(),
    attempts: z.array(AttemptShape),
    dueSince: InstantShape,
    version: z.int(),
  })
  .meta({ id: 'Obligation' });

const ProjectParams = MunicipalityParams.extend({ projectId: IdShape });
const ObligationParams = MunicipalityParams.extend({ obligationId: IdShape });

export const obligationRoutes = {
  listObligations: route('GET /v1/m/{municipalityId}/obligations', {
    summary: 'Obligations of the municipality, by id',
    access: { roles: [...moneyReaders, 'payroll'] },
    params: MunicipalityParams,
    query: PageQueryShape.extend({
      state: ObligationStateShape.optional(),
      projectId: IdShape.optional(),
      pilotId: IdShape.optional(),
      /** Those that are still due, or due again, and were so at this instant: what nobody may have claimed. */
      dueBefore: InstantShape.optional(),
    }),
    answer: pageOf(ObligationShape),
  }),
  getObligation: route('GET /v1/m/{municipalityId}/obligations/{obligationId}', {
    summary: 'Why this amount? An obligation with its computation, for its payee and for finance roles',
    access: { signedIn: true },
    params: ObligationParams,
    answer: z.object({
      obligation: ObligationShape,
      computation: z.array(z.string()),
      /** In words, why it was closed, or why it is proposed to cancel it. */
      because: z.string().nullable(),
    }),
  }),
  listMyObligations: route('GET /v1/m/{municipalityId}/me/obligations', {
    summary: 'What I am owed and was paid',
    access: { signedIn: true },
    params: MunicipalityParams,
    query: PageQueryShape,
    answer: pageOf(ObligationShape),
  }),
  getProjectPayouts: route('GET /v1/m/{municipalityId}/projects/{projectId}/payouts', {
    summary: 'Payouts of a project summed by role: no payee is shown',
    access: { anyone: true },
    params: ProjectParams,
    answer: z.object({
      roles: z.array(
        z.object({
          payeeRole: PayeeRoleShape,
          obligations: z.int(),
          /** Of all of them, whatever became of each: by state it would tell what one payee gets. */
          amount: MoneyShape,
          states: z.array(z.object({ state: ObligationStateShape, obligations: z.int() })),
        }),
      ),
    }),
  }),
  declineObligation: route('POST /v1/m/{municipalityId}/obligations/{obligationId}/declined', {
    summary: 'Decline my share: it returns to the fund and enlarges no one else’s',
    access: { signedIn: true },
    params: ObligationParams,
    answer: ObligationShape,
    problems: ['obligation-not-open'],
  }),
  closeUnclaimed: route('POST /v1/m/{municipalityId}/obligations/{obligationId}/unclaimed', {
    summary:
      'Close what nobody claimed in the time of the charter (`obligation.unclaimed`), counted from when it was last due; the money returns to its fund',
    access: { roles: ['finance-clerk'] },
    params: ObligationParams,
    body: z.object({ reason: ReasonShape }),
    answer: ObligationShape,
    problems: ['obligation-not-open', 'obligation-claimed', 'not-unclaimed-yet', 'own-payment'],
  }),
  proposeCancellation: route('POST /v1/m/{municipalityId}/obligations/{obligationId}/cancellation-proposal', {
    summary:
      'Propose to cancel what cannot be paid; replaces an earlier proposal. The payee sees it with its reason',
    access: { roles: ['finance-clerk'] },
    params: ObligationParams,
    body: z.object({ reason: ReasonShape }),
    answer: ObligationShape,
    problems: ['obligation-not-open', 'own-payment'],
  }),
  confirmCancellation: route('POST /v1/m/{municipalityId}/obligations/{obligationId}/cancellation', {
    summary: 'As another person, confirm exactly that proposal: the money returns to its fund',
    access: { roles: ['payout-approver'] },
    params: ObligationParams,
    body: z.object({ proposalSha256: Sha256Shape }),
    answer: ObligationShape,
    problems: ['obligation-not-open', 'own-payment', 'not-proposed', 'hash-mismatch', 'same-person-twice'],
  }),
};
