import { SealedSeedShape } from '@talkoot/ballot-protocol/shapes';
import { z } from 'zod';
import { route } from '../api.ts';
import { hexOf, IdShape, InstantShape } from '../shapes.ts';
import { RoleShape } from '../roles.ts';
import { IssuerRollShape, mostDesks } from './certificate.ts';
import { NoticeIdShape, NoticeTemplateShape } from './notice.ts';
import { ReferenceShape } from './resident.ts';

const Municipality = z.object({ municipalityId: IdShape });

export const identityInternalRoutes = {
  freezeRoll: route('PUT /internal/v1/polls/{pollId}/roll', {
    kind: 'plain',
    summary:
      'Freeze the electoral roll of a poll: eligible residents without the excluded; the same roll and key for ever',
    access: { services: ['worker'] },
    params: z.object({ pollId: IdShape }),
    body: z.object({
      municipalityId: IdShape,
      minimumAge: z.int().min(0).max(120),
      districts: z.array(z.string()).max(200),
      /** People who gain from the result; they are left out without a trace of who. */
      excluded: z.array(IdShape).max(5000).default([]),
      /** The same for another issuer, which knows them by the references of the register. */
      excludedReferences: z.array(ReferenceShape).max(5000).default([]),
      asOf: InstantShape,
    }),
    bodyLimit: 1024 * 1024,
    answer: IssuerRollShape.extend({
      pollId: IdShape,
      excludedReferences: z.array(ReferenceShape).meta({
        description: 'References of the excluded who are in the register, for the other issuer',
      }),
    }),
    problems: ['reference-missing', 'reference-unknown'],
  }),
  openIssuance: route('PUT /internal/v1/polls/{pollId}/issuance', {
    kind: 'plain',
    summary:
      'Issue certificates that are bound to this manifest, after checking that it says what this issuer published; the first stays',
    access: { services: ['worker'] },
    params: z.object({ pollId: IdShape }),
    body: z.object({ manifest: z.string().max(16 * 1024 * 1024) }),
    bodyLimit: 17 * 1024 * 1024,
    answer: z.object({ pollId: IdShape }),
    problems: ['manifest-foreign', 'witness-unknown', 'certificates-closed', 'log-not-current'],
  }),
  sealLotSeed: route('PUT /internal/v1/polls/{pollId}/lot-seed', {
    kind: 'plain',
    summary:
      "The issuer's seed of the lot, sealed to the key of the poll once the trustees have made it; the same answer for ever",
    access: { services: ['worker'] },
    params: z.object({ pollId: IdShape }),
    body: z.object({ pollKey: hexOf(33).meta({ description: 'P-256, compressed' }) }),
    answer: SealedSeedShape,
    problems: ['poll-key-invalid', 'poll-key-differs', 'certificates-closed'],
  }),
  closeIssuance: route('PUT /internal/v1/polls/{pollId}/issuance-closed', {
    kind: 'plain',
    summary:
      'Issue no more certificates for a poll: finish its log under a witnessed checkpoint, destroy its key; answers the same for ever',
    access: { services: ['worker'] },
    params: z.object({ pollId: IdShape }),
    answer: z.object({
      pollId: IdShape,
      issued: z.int().min(0),
      desks: z.array(z.object({ desk: IdShape, issued: z.int().min(0) })).max(mostDesks.ofPoll),
    }),
    problems: ['log-not-current', 'windows-bind'],
  }),
  getElectorate: route('GET /internal/v1/municipalities/{municipalityId}/electorate', {
    summary: 'How many residents are eligible today, for thresholds',
    access: { services: ['projects', 'worker'] },
    params: Municipality,
    query: z.object({
      minimumAge: z.coerce.number().int().min(0).max(120).default(0),
      districts: z.string().max(4000).default(''),
    }),
    answer: z.object({ eligible: z.int().min(0) }),
  }),
  checkPerson: route('GET /internal/v1/municipalities/{municipalityId}/people/{personId}', {
    summary: 'Roles of a person here and eligibility as a resident; no personal data',
    access: { services: ['projects', 'payments', 'ballots'] },
    params: z.object({ municipalityId: IdShape, personId: IdShape }),
    query: z.object({
      minimumAge: z.coerce.number().int().min(0).max(120).default(0),
      districts: z.string().max(4000).default(''),
    }),
    answer: z.object({ personId: IdShape, roles: z.array(RoleShape), eligible: z.boolean() }),
  }),
  notify: route('PUT /internal/v1/notices/{noticeId}', {
    kind: 'plain',
    summary: 'Leave a notice for a person or for everybody with a role; one for ever under this id',
    access: { services: ['worker', 'projects', 'ballots', 'payments'] },
    params: z.object({ noticeId: NoticeIdShape }),
    body: z.object({
      municipalityId: IdShape,
      to: z.union([z.object({ role: RoleShape }), z.object({ personId: IdShape })]),
      template: NoticeTemplateShape,
      subject: z.object({ kind: z.string(), id: IdShape }),
      wait: z.string().nullable(),
      dueAt: InstantShape.nullable(),
    }),
    answer: z.object({ noticeId: z.string() }),
  }),
};
