import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { IdShape, InstantShape, MunicipalityParams } from '../shapes.ts';

/** Under which a municipality's personnel and payroll systems know an employee, or whoever else payroll pays. */
export const PersonnelNumberShape = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$/)
  .meta({ id: 'PersonnelNumber' });

/** Another number, or none, that does not count yet. */
export const PersonnelChangeShape = z
  .object({
    changeId: IdShape,
    /** Null where the person is to have none any more. */
    personnelNumber: PersonnelNumberShape.nullable(),
    proposedBy: IdShape,
    proposedAt: InstantShape,
    /** It counts from then, if a second person confirms it: at once for a first number. */
    coolsOffAt: InstantShape,
    confirmedBy: IdShape.nullable(),
    confirmedAt: InstantShape.nullable(),
  })
  .meta({ id: 'PersonnelChange' });

/** The number of a person in one municipality, and what waits to take its place. */
export const PersonnelShape = z
  .object({
    personId: IdShape,
    personnelNumber: PersonnelNumberShape.nullable(),
    change: PersonnelChangeShape.nullable(),
  })
  .meta({ id: 'Personnel' });

export const personnelActs = ['proposed', 'replaced', 'confirmed', 'refused'] as const;

/** What somebody did about a person's number. It stays for ever. */
export const PersonnelActShape = z
  .object({
    act: z.enum(personnelActs),
    changeId: IdShape,
    personnelNumber: PersonnelNumberShape.nullable(),
    by: IdShape,
    at: InstantShape,
  })
  .meta({ id: 'PersonnelAct' });

const PersonParams = MunicipalityParams.extend({ personId: IdShape });
const Change = z.object({ changeId: IdShape });
const keepers = { roles: ['hr', 'payroll'] } as const;

export const personnelRoutes = {
  proposePersonnelNumber: route('POST /v1/m/{municipalityId}/personnel/{personId}/change', {
    kind: 'plain',
    summary:
      'Propose the number under which personnel and payroll systems know a person, or that they have none. A second person confirms it; another one than before counts after a cooling-off. The person is told',
    access: keepers,
    params: PersonParams,
    body: z.object({ personnelNumber: PersonnelNumberShape.nullable() }),
    answer: PersonnelShape,
    problems: ['unknown-person', 'personnel-number-taken', 'own-number'],
  }),
  confirmPersonnelNumber: route('POST /v1/m/{municipalityId}/personnel/{personId}/change/confirmation', {
    kind: 'plain',
    summary: 'Confirm a proposed number; neither by whoever proposed it nor by the person',
    access: keepers,
    params: PersonParams,
    body: Change,
    answer: PersonnelShape,
    problems: ['personnel-change-unknown', 'same-person-twice', 'own-number'],
  }),
  refusePersonnelNumber: route('POST /v1/m/{municipalityId}/personnel/{personId}/change/refusal', {
    kind: 'plain',
    summary: 'Refuse a proposed number, or take it back; also a confirmed one before it counts',
    access: keepers,
    params: PersonParams,
    body: Change,
    answer: PersonnelShape,
    problems: ['personnel-change-unknown'],
  }),
  listPersonnelNumbers: route('GET /v1/m/{municipalityId}/personnel', {
    summary:
      'Personnel numbers of the municipality, by person; `awaiting=confirmation` for those that nobody confirmed',
    access: keepers,
    params: MunicipalityParams,
    query: PageQueryShape.extend({ awaiting: z.literal('confirmation').optional() }),
    answer: pageOf(PersonnelShape),
  }),
  listPersonnelActs: route('GET /v1/m/{municipalityId}/personnel/{personId}/acts', {
    summary: 'Who proposed, confirmed and refused which number of a person, oldest first',
    access: { roles: ['hr', 'payroll', 'auditor'] },
    params: PersonParams,
    query: PageQueryShape,
    answer: pageOf(PersonnelActShape),
  }),
  findPersonnelNumbers: route('POST /internal/v1/municipalities/{municipalityId}/personnel-numbers', {
    kind: 'plain',
    summary:
      'Personnel numbers of people, for a file to the personnel or payroll system; whoever has none is left out',
    access: { services: ['projects', 'payments'] },
    params: MunicipalityParams,
    body: z.object({ personIds: z.array(IdShape).max(500) }),
    answer: z.object({
      items: z.array(z.object({ personId: IdShape, personnelNumber: PersonnelNumberShape })),
    }),
  }),
};

export const personnelProblems = {
  'personnel-number-taken': {
    status: 409,
    title: 'Another person has this personnel number, or is to have it',
  },
  'personnel-change-unknown': { status: 409, title: 'No such number waits' },
  'own-number': { status: 403, title: 'Nobody decides on their own personnel number' },
  'same-person-twice': { status: 409, title: 'A second person has to do this' },
} as const;
