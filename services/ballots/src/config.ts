import { isPublicKey } from '@talkoot/ballot-protocol';
import { readConfig, ServiceConfigShape } from '@talkoot/http-service';
import { z } from 'zod';

const WitnessShape = z.object({
  /** Of its key, as the manifest and signed notes have it. */
  name: z.string().regex(/^[!-*,-~]{1,200}$/),
  organisation: z.string().min(1).max(200),
  publicKey: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .transform((key) => Buffer.from(key, 'hex'))
    .refine((key) => isPublicKey(key), 'must be an Ed25519 key'),
  url: z.url({ protocol: /^https?$/ }),
});

const WitnessesShape = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue('must be JSON');
      return z.NEVER;
    }
  })
  .pipe(z.array(WitnessShape).min(1).max(100));

const BallotsConfigShape = ServiceConfigShape.extend({
  /** Seed of an Ed25519 key, 32 bytes in base64: signs the boards of all polls, and promises. */
  BOARD_KEY: z
    .base64()
    .transform((key) => Buffer.from(key, 'base64'))
    .refine((key) => key.length === 32, 'must be 32 bytes'),
  /** What the origins of all boards begin with: `<BOARD_ORIGIN>/<municipality>/<poll>`. */
  BOARD_ORIGIN: z.string().regex(/^[!-*,-~]{1,70}$/),
  /** `[{"name","organisation","publicKey","url"}]`: who witnesses the boards; keys are hexadecimal. */
  WITNESSES: WitnessesShape,
});

/** @throws ConfigError */
export function ballotsConfig(environment: Readonly<Record<string, string | undefined>> = process.env) {
  return readConfig(BallotsConfigShape, environment);
}
