import { z } from 'zod';
import { route } from '../api.ts';
import { IdShape } from '../shapes.ts';

/**
 * The right to cast one ballot in one poll, held by whoever knows it. It names nobody, and identity keeps no
 * readable copy of it.
 */
export const CertificateShape = z
  .object({
    serial: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .meta({ description: '32 random bytes' }),
    signature: z
      .string()
      .regex(/^[0-9a-f]{128}$/)
      .meta({ description: 'Ed25519 over the certificate message of this poll and serial' }),
    keyId: z.string().regex(/^[\w-]{1,64}$/),
  })
  .meta({ id: 'Certificate' });
export type Certificate = z.infer<typeof CertificateShape>;

/** What identity signs: the domain `talkoot-certificate-v1`, the poll and the serial, so that no other signature passes for it. */
export function certificateMessage(pollId: string, serial: string): Uint8Array {
  return new TextEncoder().encode(`talkoot-certificate-v1\n${pollId}\n${serial}`);
}

const Poll = z.object({ municipalityId: IdShape, pollId: IdShape });

export const certificateRoutes = {
  issueCertificate: route('POST /v1/m/{municipalityId}/polls/{pollId}/certificate', {
    kind: 'plain',
    summary:
      'The one certificate of a resident for a poll; repeating it with the same secret answers the same certificate',
    access: { roles: ['resident'] },
    params: Poll,
    body: z.object({
      retrySecret: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .meta({
          description:
            '32 random bytes that the device makes and keeps. The answer is stored sealed under it, so that only the device can have it repeated. Never stored.',
        }),
    }),
    status: 201,
    answer: z.object({ pollId: IdShape, certificate: CertificateShape }),
    problems: ['not-on-roll', 'certificate-already-issued', 'certificates-closed'],
  }),
  getCertificateState: route('GET /v1/m/{municipalityId}/polls/{pollId}/certificate', {
    summary: 'Whether I am on the roll of a poll, and whether a certificate was issued in my name',
    access: { roles: ['resident'] },
    params: Poll,
    answer: z.object({ pollId: IdShape, onRoll: z.boolean(), issued: z.boolean(), closed: z.boolean() }),
  }),
  getIssuance: route('GET /v1/m/{municipalityId}/polls/{pollId}/roll', {
    summary: 'Size of the frozen roll of a poll; how many certificates were issued, once issuing is closed',
    access: { anyone: true },
    params: Poll,
    answer: z.object({
      pollId: IdShape,
      roll: z.int().min(0),
      excluded: z.int().min(0),
      issued: z.int().min(0).nullable(),
    }),
  }),
  listCertificateKeys: route('GET /v1/certificate-keys', {
    summary: 'Public keys by which certificates are checked',
    access: { anyone: true },
    answer: z.object({
      keys: z.array(
        z.object({
          keyId: z.string(),
          algorithm: z.literal('Ed25519'),
          publicKey: z.string().meta({ description: 'Raw 32 bytes in base64url' }),
        }),
      ),
    }),
  }),
};

export const certificateProblems = {
  'not-on-roll': { status: 403, title: 'You are not on the electoral roll of this poll' },
  'certificate-already-issued': {
    status: 409,
    title: 'Your certificate for this poll was issued already, to a device with another secret',
  },
  'certificates-closed': { status: 409, title: 'No certificates are issued for this poll any more' },
} as const;
