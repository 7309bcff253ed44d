import { issuerNames } from '@talkoot/api-contracts/identity';
import { isPublicKey } from '@talkoot/ballot-protocol';
import { readConfig, ServiceConfigShape } from '@talkoot/http-service';
import { z } from 'zod';

const JsonShape = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue('must be JSON');
    return z.NEVER;
  }
});

const HashKeysShape = JsonShape.pipe(
  z
    .array(
      z.object({
        id: z.string().regex(/^\w{1,20}$/),
        key: z.base64().refine((key) => Buffer.from(key, 'base64').length >= 32, 'must be 32 bytes or more'),
      }),
    )
    .min(1)
    .max(2),
);

const SecretShape = z
  .base64()
  .transform((key) => Buffer.from(key, 'base64'))
  .refine((key) => key.length === 32, 'must be 32 bytes');

const WitnessesShape = JsonShape.pipe(
  z
    .array(
      z.object({
        name: z.string().min(1).max(200),
        organisation: z.string().min(1).max(200),
        publicKey: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .refine((key) => isPublicKey(Buffer.from(key, 'hex')), 'must be an Ed25519 key'),
        url: z.url({ protocol: /^https?$/ }),
      }),
    )
    .min(1)
    .max(100)
    .refine(
      (all) => new Set(all.map(({ publicKey }) => publicKey)).size === all.length,
      'must not repeat a key',
    ),
);

export const IdentityConfigShape = ServiceConfigShape.pick({
  PORT: true,
  LISTEN_HOST: true,
  PUBLIC_URL: true,
  MONGODB_URL: true,
  IDENTITY_URL: true,
  SERVICE_KEYS_DIR: true,
  LOG_LEVEL: true,
}).extend({
  OIDC_ISSUER: z.url(),
  OIDC_CLIENT_ID: z.string().min(1),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  /** Keys of the hashes of national ids: `[{"id","key"}]`, the current one first, the one being retired second. */
  NATIONAL_ID_KEYS: HashKeysShape,
  /** Private Ed25519 JWK that signs session tokens. */
  IDENTITY_TOKEN_KEY_FILE: z.string().min(1),
  /** Which of the two issuers of certificates this process is. */
  ISSUER_NAME: z.enum(issuerNames),
  /** Who runs it, as manifests name the issuer's organisation. */
  ISSUER_ORGANISATION: z.string().min(1).max(200),
  /** 32 random bytes in base64: encrypts the keys of polls in the database. Another one for each issuer. */
  ISSUER_CUSTODY_KEY: SecretShape,
  /** Seed of an Ed25519 key, 32 bytes in base64: signs the logs of issued certificates. Another one for each issuer. */
  LOG_KEY: SecretShape,
  /** `[{"name","organisation","publicKey","url"}]`: who witnesses those logs; keys are hexadecimal. */
  WITNESSES: WitnessesShape,
  /** Comma-separated origins to which a sign-in may return. */
  SIGN_IN_RETURN_ORIGINS: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((one) => one.trim() || [])),
  /** First operator of a deployment: their subject at the identity provider, and the municipality. */
  BOOTSTRAP_OPERATOR_SUB: z.string().min(1).optional(),
  BOOTSTRAP_MUNICIPALITY: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{2,63}$/)
    .optional(),
  TALKOOT_LOCAL_STACK: z.literal('1').optional(),
  LOCAL_GRANT_SECRET: z.string().min(16).optional(),
});

/** @throws ConfigError */
export function identityConfig(environment: Readonly<Record<string, string | undefined>> = process.env) {
  return readConfig(IdentityConfigShape, environment);
}
