import { z } from 'zod';
import { route } from '../api.ts';
import { InstantShape, MunicipalityParams } from '../shapes.ts';

/** How a payee is paid. An IBAN is taken in, checked and encrypted; it is never answered in full. */
export const PayeeDetailsShape = z.union([
  z.object({ method: z.literal('payroll') }),
  z.object({ method: z.literal('bank'), iban: z.string().min(15).max(42) }),
]);

export const PayeeShape = z
  .object({
    method: z.enum(['payroll', 'bank']),
    /** First two and last four characters, e.g. `FI•• •••• 7855`; null for payroll. */
    masked: z.string().nullable(),
    changedAt: InstantShape,
  })
  .meta({ id: 'Payee' });

export const payeeRoutes = {
  putPayeeDetails: route('PUT /v1/m/{municipalityId}/me/payee', {
    kind: 'plain',
    summary: 'Say how I am paid; stored encrypted, shown masked',
    access: { signedIn: true },
    params: MunicipalityParams,
    body: PayeeDetailsShape,
    answer: PayeeShape,
    problems: ['iban-invalid', 'not-payable-here'],
  }),
  getPayeeDetails: route('GET /v1/m/{municipalityId}/me/payee', {
    summary: 'How I am paid, masked',
    access: { signedIn: true },
    params: MunicipalityParams,
    answer: PayeeShape,
  }),
};
