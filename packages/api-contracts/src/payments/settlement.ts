import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { IdShape, InstantShape, MoneyShape, MunicipalityParams } from '../shapes.ts';
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

export const suspenseCodes = ['unknown-end-to-end-id', 'second-booking', 'attempt-not-in-transit'] as const;

export const SuspenseShape = z
  .object({
    suspenseId: IdShape,
    code: z.enum(suspenseCodes),
    endToEndId: z.string(),
    status: z.string(),
    amount: MoneyShape,
    bankReference: z.string(),
    at: InstantShape,
  })
  .meta({ id: 'SuspenseItem' });

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
    problems: ['settlement-differs'],
  }),
  listSuspense: route('GET /v1/m/{municipalityId}/suspense', {
    summary: 'Movements that fit no payment in transit, for a person to look into',
    access: { roles: [...moneyReaders] },
    params: MunicipalityParams,
    query: PageQueryShape,
    answer: pageOf(SuspenseShape),
  }),
};
