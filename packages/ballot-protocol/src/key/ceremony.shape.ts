import { z } from 'zod';
import { TrusteeShape } from '../manifest/manifest.shape.ts';

const hexOf = (bytes: number) =>
  z
    .string()
    .length(2 * bytes)
    .regex(/^[0-9a-f]*$/);
const Index = z.int().min(1).max(255);
const Threshold = z.int().min(2).max(255);

/** A trustee with the public keys under which it signs packages and receives shares. */
const CeremonyTrusteeShape = TrusteeShape.extend({
  /** P-256, compressed. */
  sealingKey: hexOf(33),
});

/** Who makes a poll's key together. Everybody must have the same; its hash is in all that they sign. */
export const CeremonyShape = z.strictObject({
  protocol: z.literal('talkoot-key-v1'),
  municipality: z.string().min(1).max(100),
  poll: z.string().min(1).max(100),
  threshold: Threshold,
  trustees: z.array(CeremonyTrusteeShape).min(2).max(255),
});
export type Ceremony = z.infer<typeof CeremonyShape>;

/** Round 1, for everybody: commitments to a polynomial, a proof of knowing its secret, a signature. Hexadecimal. */
export const Round1Shape = z.strictObject({
  index: Index,
  commitments: z.array(hexOf(33)).min(2).max(255),
  proof: hexOf(65),
  signature: hexOf(64),
});
export type Round1 = z.infer<typeof Round1Shape>;

/** Round 2, for everybody to carry: a share of one's polynomial for each other trustee, sealed. Hexadecimal. */
export const Round2Shape = z.strictObject({
  index: Index,
  shares: z.array(z.strictObject({ to: Index, sealed: hexOf(65 + 32 + 16) })).max(254),
  signature: hexOf(64),
});
export type Round2 = z.infer<typeof Round2Shape>;

/** A trustee's word that it holds a share which matches this transcript. Hexadecimal. */
export const ConfirmationShape = z.strictObject({ index: Index, signature: hexOf(64) });
export type Confirmation = z.infer<typeof ConfirmationShape>;

/** All that a trustee keeps secret; goes into its custody file after every step. Hexadecimal. */
export const TrusteeSecretsShape = z.strictObject({
  /** Ed25519 seed. */
  signingKey: hexOf(32),
  /** P-256 scalar. */
  sealingKey: hexOf(32),
  /** The polynomial, from round 1 until the share is confirmed. */
  coefficients: z.array(hexOf(32)).min(2).max(255).optional(),
  /** The share of the poll's key. */
  share: hexOf(32).optional(),
});
export type TrusteeSecrets = z.infer<typeof TrusteeSecretsShape>;
