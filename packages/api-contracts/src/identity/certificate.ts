import { z } from 'zod';
import { route } from '../api.ts';
import { BytesShape, hexOf, IdShape, Sha256Shape } from '../shapes.ts';

/** The two organisations whose certificates a ballot needs, in the order of the manifest. */
export const issuerNames = ['municipality', 'auditor'] as const;
export type IssuerName = (typeof issuerNames)[number];

/** Desks at which certificates of one poll are issued, and of which totals are stated: of all, and begun by one person. */
export const mostDesks = { ofPoll: 1_000, ofOnePerson: 50 } as const;

export const BlindedMessageShape = z
  .string()
  .regex(/^[0-9a-f]{512}$/)
  .meta({
    id: 'BlindedMessage',
    description: '256 bytes in hexadecimal (RFC 9474); says nothing of the ballot',
  });

/** What an issuer publishes of a poll's frozen roll and of its key for this poll. */
export const IssuerRollShape = z
  .object({
    name: z.enum(issuerNames),
    modulus: z
      .string()
      .regex(/^[0-9a-f]{512}$/)
      .meta({ description: 'Of the RSA-2048 key of this poll; its exponent is 65537' }),
    roll: z.int().min(0).meta({ description: 'How many are on the roll' }),
    excluded: z
      .int()
      .min(0)
      .meta({ description: 'How many were left out because they gain from the result' }),
    rollHash: Sha256Shape.meta({ description: 'Of the sorted salted commitments of its entries' }),
    organisation: z.string().min(1).max(200),
    logKey: hexOf(32).meta({ description: 'Ed25519; signs the log of the certificates it issues' }),
  })
  .meta({ id: 'IssuerRoll' });
export type IssuerRoll = z.infer<typeof IssuerRollShape>;

const Poll = z.object({ municipalityId: IdShape, pollId: IdShape });

export const certificateRoutes = {
  issueCertificate: route('POST /v1/m/{municipalityId}/polls/{pollId}/certificate', {
    kind: 'plain',
    summary:
      'Sign the one blinded message of a resident for a poll; the same one again gets the same answer, another is refused',
    access: { roles: ['resident'] },
    params: Poll,
    body: z.object({ blinded: BlindedMessageShape }),
    status: 201,
    answer: z.object({
      pollId: IdShape,
      blindSignature: z
        .string()
        .regex(/^[0-9a-f]{512}$/)
        .meta({ description: 'The device makes the certificate of it' }),
    }),
    problems: [
      'not-on-roll',
      'certificates-not-open',
      'blinded-out-of-range',
      'certificate-already-issued',
      'certificates-closed',
      'log-not-current',
    ],
  }),
  issueDeskCertificate: route('POST /v1/m/{municipalityId}/polls/{pollId}/desks/{desk}/certificates', {
    kind: 'plain',
    summary:
      'At a desk: sign the one blinded message of a resident who shows a document; a clerk of each organisation does so. The first certificate fixes the channel.',
    access: { roles: ['desk-clerk'] },
    params: Poll.extend({ desk: IdShape }),
    body: z.object({ nationalId: z.string().min(1).max(40), blinded: BlindedMessageShape }),
    status: 201,
    answer: z.object({ pollId: IdShape, blindSignature: hexOf(256) }),
    problems: [
      'too-many-desks',
      'not-on-roll',
      'certificates-not-open',
      'blinded-out-of-range',
      'certificate-already-issued',
      'certificates-closed',
      'log-not-current',
    ],
  }),
  getCertificateState: route('GET /v1/m/{municipalityId}/polls/{pollId}/certificate', {
    summary: 'Whether I am on the roll of a poll, and whether a certificate was issued in my name',
    access: { roles: ['resident'] },
    params: Poll,
    answer: z.object({
      pollId: IdShape,
      onRoll: z.boolean(),
      issued: z.boolean(),
      /** Where it was issued, if at a desk. */
      desk: IdShape.nullable(),
      closed: z.boolean(),
      /** My entry as the published roll and log have it: HMAC-SHA-256 of my id under this salt. Null once issuing is closed. */
      entry: z.object({ id: IdShape, salt: Sha256Shape, rollValue: Sha256Shape }).nullable(),
    }),
  }),
  getIssuance: route('GET /v1/m/{municipalityId}/polls/{pollId}/roll', {
    summary:
      'The frozen roll of a poll and the key of its certificates; how many were issued, once issuing is closed',
    access: { anyone: true },
    params: Poll,
    answer: IssuerRollShape.extend({ pollId: IdShape, issued: z.int().min(0).nullable() }),
  }),
  getRollFile: route('GET /v1/m/{municipalityId}/polls/{pollId}/roll.bin', {
    summary: 'The salted commitments of the entries of a roll, ascending, 32 bytes each',
    access: { anyone: true },
    params: Poll,
    answer: BytesShape,
    answerType: 'application/octet-stream',
  }),
  getIssuanceFile: route('GET /v1/m/{municipalityId}/polls/{pollId}/issuance.bin', {
    summary:
      'Roll values of the entries that certificates were issued for, 32 bytes each, in the order of the log',
    access: { anyone: true },
    params: Poll,
    answer: BytesShape,
    answerType: 'application/octet-stream',
    problems: ['certificates-not-closed'],
  }),
  getIssuanceCheckpoints: route('GET /v1/m/{municipalityId}/polls/{pollId}/issuance.checkpoints', {
    summary: 'Every witnessed checkpoint of that log, oldest first, each followed by a line of %',
    access: { anyone: true },
    params: Poll,
    answer: z.string(),
    answerType: 'text/plain',
    problems: ['certificates-not-open'],
  }),
};

export const certificateProblems = {
  'certificates-not-open': { status: 409, title: 'No certificates are issued for this poll yet' },
  'certificates-not-closed': { status: 409, title: 'Certificates are still issued for this poll' },
  'log-not-current': {
    status: 503,
    title: 'The issuer may sign nothing until the witnesses confirm that its log has lost nothing',
  },
  'manifest-foreign': { status: 409, title: 'This manifest does not say what this issuer published' },
  'poll-key-invalid': { status: 422, title: 'This is no point of P-256' },
  'poll-key-differs': {
    status: 409,
    title: 'The seed of the lot was sealed to another key of this poll; it is sealed once',
  },
  'witness-unknown': { status: 409, title: 'The manifest names a witness that this issuer does not know' },
  'not-on-roll': { status: 403, title: 'You are not on the electoral roll of this poll' },
  'blinded-out-of-range': { status: 422, title: 'The blinded message is no number below the modulus' },
  'certificate-already-issued': {
    status: 409,
    title: 'Your certificate for this poll was issued already, for another blinded message',
  },
  'windows-bind': {
    status: 409,
    title: 'The manifest says until when certificates are issued: nobody ends it before',
  },
  'too-many-desks': {
    status: 409,
    title: 'A poll has no more desks than this, and one clerk begins no more: use one that has issued',
  },
  'certificates-closed': { status: 409, title: 'No certificates are issued for this poll any more' },
} as const;
