import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { RoleShape } from '../roles.ts';
import { IdShape, InstantShape, MunicipalityParams, text } from '../shapes.ts';

/** A person, by the id they have here or by the subject under which the identity provider knows them. */
export const PersonNameShape = z
  .union([z.object({ personId: IdShape }), z.object({ subject: z.string().min(1).max(255) })])
  .meta({ id: 'PersonName' });
export type PersonName = z.infer<typeof PersonNameShape>;

export const GrantShape = z
  .object({ grantId: IdShape, personId: IdShape, role: RoleShape, since: InstantShape })
  .meta({ id: 'Grant' });

export const MunicipalityShape = z
  .object({
    municipalityId: IdShape,
    name: text(120),
    timeZone: z.string().max(64).meta({ description: 'IANA zone in which a birthday begins' }),
  })
  .meta({ id: 'Municipality' });

export const grantRoutes = {
  createMunicipality: route('POST /v1/municipalities', {
    summary:
      'Add a municipality to the deployment and name its first operator; asks for an operator of another',
    access: { signedIn: true },
    body: z.object({
      municipalityId: IdShape,
      name: text(120),
      timeZone: z.string().max(64).default('Europe/Helsinki'),
      operator: PersonNameShape,
    }),
    answer: MunicipalityShape,
    problems: ['municipality-exists', 'not-an-operator', 'unknown-time-zone', 'unknown-person'],
  }),
  listMunicipalities: route('GET /v1/municipalities', {
    summary: 'Municipalities of this deployment',
    access: { anyone: true },
    query: PageQueryShape,
    answer: pageOf(MunicipalityShape),
  }),
  grantRole: route('POST /v1/m/{municipalityId}/grants', {
    summary: 'Give a person a role in this municipality; nobody may give one to themself',
    access: { roles: ['operator'] },
    params: MunicipalityParams,
    body: z.object({ person: PersonNameShape, role: RoleShape }),
    answer: GrantShape,
    problems: ['own-grant', 'role-not-grantable', 'unknown-person', 'already-granted'],
  }),
  listGrants: route('GET /v1/m/{municipalityId}/grants', {
    summary: 'Roles given in this municipality, by opaque person id',
    access: { roles: ['operator', 'auditor'] },
    params: MunicipalityParams,
    query: PageQueryShape.extend({ role: RoleShape.optional() }),
    answer: pageOf(GrantShape),
  }),
  revokeGrant: route('POST /v1/m/{municipalityId}/grants/{grantId}/revocation', {
    summary: 'Take a role back; sessions learn it within 15 minutes',
    access: { roles: ['operator'] },
    params: MunicipalityParams.extend({ grantId: IdShape }),
    answer: z.object({ grantId: IdShape, revokedAt: InstantShape }),
    problems: ['own-grant'],
  }),
};

export const grantProblems = {
  'municipality-exists': { status: 409, title: 'A municipality with this id exists' },
  'not-an-operator': { status: 403, title: 'Only an operator of a municipality may add another' },
  'unknown-time-zone': { status: 422, title: 'There is no such time zone' },
  'unknown-person': { status: 422, title: 'There is no such person' },
  'own-grant': { status: 403, title: 'Another operator has to change your roles' },
  'role-not-grantable': { status: 422, title: 'This role comes from the residents register' },
  'already-granted': { status: 409, title: 'The person has this role already' },
} as const;
