import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { IdShape, MunicipalityParams } from '../shapes.ts';

/** Under which a municipality's personnel and payroll systems know an employee. */
export const PersonnelNumberShape = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,31}$/)
  .meta({ id: 'PersonnelNumber' });

const Personnel = z
  .object({ personId: IdShape, personnelNumber: PersonnelNumberShape })
  .meta({ id: 'Personnel' });

export const personnelRoutes = {
  putPersonnelNumber: route('PUT /v1/m/{municipalityId}/personnel/{personId}', {
    kind: 'plain',
    summary:
      'Say under which number the personnel and payroll systems know a person; another one replaces it',
    access: { roles: ['hr'] },
    params: MunicipalityParams.extend({ personId: IdShape }),
    body: z.object({ personnelNumber: PersonnelNumberShape }),
    answer: Personnel,
    problems: ['unknown-person', 'personnel-number-taken'],
  }),
  listPersonnelNumbers: route('GET /v1/m/{municipalityId}/personnel', {
    summary: 'Personnel numbers of the municipality, by person',
    access: { roles: ['hr'] },
    params: MunicipalityParams,
    query: PageQueryShape,
    answer: pageOf(Personnel),
  }),
  findPersonnelNumbers: route('POST /internal/v1/municipalities/{municipalityId}/personnel-numbers', {
    kind: 'plain',
    summary:
      'Personnel numbers of people, for a file to the personnel or payroll system; whoever has none is left out',
    access: { services: ['projects', 'payments'] },
    params: MunicipalityParams,
    body: z.object({ personIds: z.array(IdShape).max(500) }),
    answer: z.object({ items: z.array(Personnel) }),
  }),
};

export const personnelProblems = {
  'personnel-number-taken': { status: 409, title: 'Another person has this personnel number' },
} as const;
