import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { issuerNames, mostDesks } from '../identity/certificate.ts';
import { IdShape, MunicipalityParams } from '../shapes.ts';

const Poll = MunicipalityParams.extend({ pollId: IdShape });
/** More papers than any urn holds. */
const Papers = z.int().min(0).max(1_000_000);

/**
 * How far the total of a desk is:
 * - `none`: nobody has stated one
 * - `stated`: one person has; a second one has to state the same
 * - `confirmed`: two people stated the same number
 * - `exceeding`: confirmed, and more than certificates were issued there: no verification will pass
 */
export const DeskStateShape = z.enum(['none', 'stated', 'confirmed', 'exceeding']).meta({ id: 'DeskState' });
export type DeskState = z.infer<typeof DeskStateShape>;

export const DeskShape = z
  .object({
    desk: IdShape,
    state: DeskStateShape,
    /** Certificates that both issuers issued there; null while they are still issued. */
    issued: z.int().min(0).nullable(),
    /** Papers that were entered there, as two people confirmed; null before. A statement that waits is not shown. */
    entered: Papers.nullable(),
  })
  .meta({ id: 'Desk' });
export type Desk = z.infer<typeof DeskShape>;

/** Which desks issued how many certificates, as one issuer counted them when it closed. */
export const IssuerDesksShape = z
  .object({
    name: z.enum(issuerNames),
    desks: z.array(z.object({ desk: IdShape, issued: z.int().min(0) })).max(mostDesks.ofPoll),
  })
  .meta({ id: 'IssuerDesks' });
export type IssuerDesks = z.infer<typeof IssuerDesksShape>;

/** Papers are entered like any other ballot; here two people say how many a desk entered. */
export const deskRoutes = {
  stateDeskTotal: route('POST /v1/m/{municipalityId}/polls/{pollId}/desks/{desk}/totals', {
    summary:
      'How many papers a desk entered, as one person counted them; it holds when a second person states the same. Two that differ cancel each other. Until complaints are settled.',
    access: { roles: ['desk-clerk', 'poll-officer'] },
    params: Poll.extend({ desk: IdShape }),
    body: z.object({ entered: Papers }),
    answer: DeskShape,
    problems: [
      'poll-not-open',
      'totals-over',
      'same-person-twice',
      'totals-differ',
      'more-than-issued',
      'too-many-desks',
    ],
  }),
  listDesks: route('GET /v1/m/{municipalityId}/polls/{pollId}/desks', {
    summary: 'Desks of a poll, by id: certificates issued, and papers entered',
    access: { anyone: true },
    params: Poll,
    query: PageQueryShape,
    answer: pageOf(DeskShape),
  }),
  recordDesks: route('PUT /internal/v1/polls/{pollId}/desks', {
    kind: 'plain',
    summary:
      'Record how many certificates both issuers counted at each desk; the first answers stay for ever',
    access: { services: ['worker'] },
    params: z.object({ pollId: IdShape }),
    body: z.object({ issuers: z.array(IssuerDesksShape).length(2) }),
    bodyLimit: 2 * 1024 * 1024,
    answer: z.object({ pollId: IdShape }),
    problems: ['issuers-differ'],
  }),
};

export const deskProblems = {
  'totals-over': { status: 409, title: 'Complaints are settled: totals of desks are not changed any more' },
  'totals-differ': {
    status: 409,
    title:
      'The other person stated another number: neither holds. Count again, and both state what you counted',
  },
  'more-than-issued': { status: 409, title: 'The desk issued fewer certificates than that' },
  'too-many-desks': {
    status: 409,
    title:
      'Before it is known where certificates were issued, totals of no more desks are stated, nor begun by one person',
  },
} as const;
