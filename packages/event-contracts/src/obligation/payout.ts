import { z } from 'zod';
import { code, moneyAmount, opaqueId } from '../field.ts';

/** Why a payee is paid; decides between payroll and bank. */
export const payeeRole = z.enum(['civil-servant', 'champion', 'volunteer', 'contractor', 'investor']);

/** What a finance system books by: who is owed what, and on which account. */
export const payoutDue = z.object({
  obligationId: opaqueId,
  projectId: opaqueId,
  pilotId: opaqueId,
  payeeId: opaqueId,
  payeeRole,
  amount: moneyAmount,
  fiscalYear: z.int(),
  costCentre: code,
  account: code,
  vatCode: code,
});

/** One attempt to pay an obligation, as every event after `due` tells it. */
export const payoutAttempt = payoutDue.extend({
  attemptId: opaqueId,
  batchId: opaqueId,
  /** Unique for each attempt, at most 35 characters, as banks carry it. */
  endToEndId: z
    .string()
    .max(35)
    .regex(/^[A-Za-z0-9][A-Za-z0-9/?:().,+-]*$/)
    .optional(),
});

/** An attempt that failed, with the coded reason of the bank or the payroll office. */
export const payoutFailure = payoutAttempt.extend({ reasonCode: code.optional() });

export const payoutDueExample = {
  obligationId: 'obligation-7f3a',
  projectId: 'project-1',
  pilotId: 'pilot-1',
  payeeId: 'payee-58c1',
  payeeRole: 'volunteer' as const,
  amount: { amount: 12550, currency: 'EUR' },
  fiscalYear: 2027,
  costCentre: '4100',
  account: '401500',
  vatCode: '00',
};

export const payoutAttemptExample = {
  ...payoutDueExample,
  attemptId: 'attempt-1',
  batchId: 'batch-3',
  endToEndId: 'T7F3A1',
};
