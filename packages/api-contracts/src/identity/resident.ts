import { z } from 'zod';
import { route } from '../api.ts';
import { MunicipalityParams } from '../shapes.ts';

export const residentRoutes = {
  importResidents: route('POST /v1/m/{municipalityId}/resident-imports', {
    summary:
      'Import the residents register: CSV with national_id, birth_date, district and optionally valid_from; all or nothing',
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
    problems: ['register-invalid', 'people-conflict'],
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
} as const;
