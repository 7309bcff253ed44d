import { ConfigError, readConfig, ServiceConfigShape } from '@talkoot/http-service';
import { hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const PaymentsConfigShape = ServiceConfigShape.extend({
  /** 32 random bytes in base64: wraps the keys with which payment details are encrypted. */
  PAYEE_KEY: z.base64().optional(),
  /** Earlier ones, separated by commas, until every key is wrapped anew. */
  PAYEE_KEYS_BEFORE: z.string().default(''),
  /** For how many hours nothing is paid to a changed account. */
  ACCOUNT_COOLING_OFF_HOURS: z.coerce.number().int().min(1).max(720).default(72),
  /** For how many days the content of files from and to the bank is kept; what is on record of them stays. */
  BANK_FILE_DAYS: z.coerce.number().int().min(1).max(3_650).default(30),
  TALKOOT_LOCAL_STACK: z.enum(['0', '1']).optional(),
});
export type PaymentsConfig = z.infer<typeof PaymentsConfigShape>;

/** @throws ConfigError */
export function paymentsConfig(environment: Readonly<Record<string, string | undefined>> = process.env) {
  return readConfig(PaymentsConfigShape, environment);
}

/**
 * The keys of the payee vault, the current one and those before it. Only a local stack may go without: there it follows from the
 * service's own key file.
 * @throws ConfigError
 */
export function payeeKeysOf(config: PaymentsConfig): { current: Uint8Array; before: Uint8Array[] } {
  const before = config.PAYEE_KEYS_BEFORE.split(',').filter((text) => text.trim() !== '');
  return {
    current: currentKeyOf(config),
    before: before.map((text) => keyFrom(text.trim(), 'PAYEE_KEYS_BEFORE')),
  };
}

function keyFrom(text: string, name: string): Uint8Array {
  const key = Buffer.from(text, 'base64');
  if (key.length !== 32) throw new ConfigError(`config-invalid: ${name} is not 32 bytes`);
  return key;
}

function currentKeyOf(config: PaymentsConfig): Uint8Array {
  if (config.PAYEE_KEY) return keyFrom(config.PAYEE_KEY, 'PAYEE_KEY');
  if (config.TALKOOT_LOCAL_STACK !== '1') throw new ConfigError('config-invalid: PAYEE_KEY is missing');
  return new Uint8Array(
    hkdfSync('sha256', readFileSync(config.SERVICE_KEY_FILE), '', 'talkoot local payee key', 32),
  );
}
