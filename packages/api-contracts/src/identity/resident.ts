import { z } from 'zod';
import { route } from '../api.ts';
import { MunicipalityParams } from '../shapes.ts';

/** How the population register itself refers to a resident: opaque, the same in every copy, and no national id. */
export const ReferenceShape = z
  .string()
  .regex(/^[A-Za-z0-9_-]{4,64}$/)
  .meta({ id: 'Reference' });

export const residentRoutes = {
  importResidents: route('POST /v1/m/{municipalityId}/resident-imports', {
    summary:
      'Import the residents register: CSV with national_id, birth_date, district and optionally valid_from, reference; all or nothing',
    access: { roles: ['registrar'] },
    params: MunicipalityParams,
    query: z.object({
      complete: z
        .enum(['true', 'false'])
        .default('false')
        .meta({ description: 'true: whoever is not in the file lives here no longer' }),
    }),
    body: z.string(),
    bodyType: 'text/csv',
    bodyLimit: 8 * 1024 * 1024,
    answer: z.object({
      rows: z.int().min(0),
      added: z.int().min(0),
      updated: z.int().min(0),
      unchanged: z.int().min(0),
      removed: z.int().min(0),
    }),
    problems: ['register-invalid', 'people-conflict', 'reference-taken'],
  }),
  getResidentCount: route('GET /v1/m/{municipalityId}/residents', {
    summary: 'How many residents the register holds',
    access: { roles: ['registrar', 'operator', 'auditor'] },
    params: MunicipalityParams,
    answer: z.object({ residents: z.int().min(0) }),
  }),
};

export const residentProblems = {
  'register-invalid': { status: 422, title: 'The file has errors, listed by line; nothing was imported' },
  'reference-taken': { status: 409, title: 'Two residents of the register have the same reference' },
  'reference-missing': {
    status: 409,
    title:
      'Somebody who is to be excluded has no reference in the register, so that the auditor could not know',
  },
  'reference-unknown': {
    status: 409,
    title: 'Somebody who is to be excluded is not in this copy of the register under their reference',
  },
} as const;
