import { isPublicKey } from '@talkoot/ballot-protocol';
import { readConfig, ServiceConfigShape } from '@talkoot/http-service';
import { z } from 'zod';
import { isAmbiguous } from './logs/watched.ts';
import type { RelayedBoard } from './witness.ts';

const visible = /^[!-*,-~]*$/;

const WatchedLogsShape = z.object({
  prefix: z.string().min(1).max(200).regex(visible, 'must be visible ASCII without +'),
  suffix: z.string().max(200).regex(visible, 'must be visible ASCII without +'),
  publicKey: z
    .hex()
    .length(64)
    .transform((hex) => new Uint8Array(Buffer.from(hex, 'hex')))
    .refine(isPublicKey, 'must be an Ed25519 public key'),
});

const WatchedLogsListShape = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue('must be JSON');
      return z.NEVER;
    }
  })
  .pipe(z.array(WatchedLogsShape).min(1).max(1_000))
  .refine((entries) => !isAmbiguous(entries), 'two entries with one prefix and suffix');

export const WitnessConfigShape = ServiceConfigShape.pick({
  PORT: true,
  LISTEN_HOST: true,
  PUBLIC_URL: true,
  MONGODB_URL: true,
  LOG_LEVEL: true,
}).extend({
  /** Name of its key, as manifests have it. */
  WITNESS_NAME: z.string().min(1).max(200).regex(visible, 'must be visible ASCII without +'),
  /** Seed of its Ed25519 key: 32 random bytes in base64. */
  WITNESS_KEY: z
    .base64()
    .transform((key) => new Uint8Array(Buffer.from(key, 'base64')))
    .refine((key) => key.length === 32, 'must be 32 bytes'),
  /** Which keys sign which logs: `[{"prefix","suffix","publicKey"}]`; see `watchedAs`. */
  WITNESSED_LOGS: WatchedLogsListShape,
  /** Most logs that it watches of each entry. A poll has three. */
  WITNESSED_LOGS_LIMIT: z.coerce.number().int().min(1).default(10_000),
  /** The ballots service whose ballots it takes too; a witness and nothing else without it. */
  BALLOTS_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Longest time between two tries to hand on what is kept of a poll, in seconds. */
  RELAY_LONGEST_REST: z.coerce.number().min(1).max(3_600).default(60),
});

/** What the relay beside the witness is told; null where there is none. */
export function relayedBoard({
  BALLOTS_URL: url,
  RELAY_LONGEST_REST: longest,
}: Pick<z.output<typeof WitnessConfigShape>, 'BALLOTS_URL' | 'RELAY_LONGEST_REST'>): RelayedBoard | null {
  if (url === undefined) return null;
  return { url, deadlineMs: 5_000, rests: { first: 1_000, longest: longest * 1_000, round: 1_000 } };
}

/** @throws ConfigError */
export function witnessConfig(environment: Readonly<Record<string, string | undefined>> = process.env) {
  return readConfig(WitnessConfigShape, environment);
}
