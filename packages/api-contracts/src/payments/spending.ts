import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import {
  IdShape,
  InstantShape,
  MoneyShape,
  MunicipalityParams,
  ReasonShape,
  text,
  TextRefShape,
} from '../shapes.ts';

const ProjectParams = MunicipalityParams.extend({ projectId: IdShape });
const SpendingParams = MunicipalityParams.extend({ spendingId: IdShape });
/** A reference in the municipality's own system: an invoice or a procurement number. */
const ReferenceShape = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ./_:-]{0,79}$/);

export const SpendingShape = z
  .object({
    spendingId: IdShape,
    projectId: IdShape,
    amount: MoneyShape,
    state: z.enum(['recorded', 'accepted', 'refused']),
    purpose: z.string(),
    milestoneId: IdShape.nullable(),
    invoiceReference: z.string().nullable(),
    procurementReference: z.string().nullable(),
    /** True when the spending is owed to a contractor and paid through a payout batch. */
    contractor: z.boolean(),
    refusal: TextRefShape.nullable(),
    recordedAt: InstantShape,
    decidedAt: InstantShape.nullable(),
  })
  .meta({ id: 'Spending' });

export const spendingRoutes = {
  recordSpending: route('POST /v1/m/{municipalityId}/projects/{projectId}/spending', {
    summary:
      'Record spending within the commitment; by a civil servant or champion of the team or a finance clerk',
    access: { signedIn: true },
    params: ProjectParams,
    body: z.object({
      amount: MoneyShape,
      purpose: text(400),
      milestoneId: IdShape.optional(),
      invoiceReference: ReferenceShape.optional(),
      procurementReference: ReferenceShape.optional(),
      /** The payee when a contractor is owed; needs a procurement reference. */
      contractorId: IdShape.optional(),
    }),
    answer: SpendingShape,
    problems: [
      'above-commitment',
      'commitment-closed',
      'amount-invalid',
      'not-on-team',
      'procurement-reference-missing',
      'paid-by-outcome-only',
      'has-measured',
    ],
  }),
  listSpending: route('GET /v1/m/{municipalityId}/projects/{projectId}/spending', {
    summary: 'Spending of a project, oldest first',
    access: { anyone: true },
    params: ProjectParams,
    query: PageQueryShape,
    answer: pageOf(SpendingShape),
  }),
  acceptSpending: route('POST /v1/m/{municipalityId}/spending/{spendingId}/acceptance', {
    summary:
      'Accept recorded spending: it becomes expenditure. Not by the person who recorded it or is paid by it',
    access: { roles: ['finance-clerk'] },
    params: SpendingParams,
    answer: SpendingShape,
    problems: ['same-person-twice', 'own-payment', 'already-decided', 'paid-by-outcome-only', 'has-measured'],
  }),
  refuseSpending: route('POST /v1/m/{municipalityId}/spending/{spendingId}/refusal', {
    summary: 'Refuse recorded spending: the commitment is free for it again',
    access: { roles: ['finance-clerk'] },
    params: SpendingParams,
    body: z.object({ reason: ReasonShape }),
    answer: SpendingShape,
    problems: ['same-person-twice', 'already-decided'],
  }),
};
