import { ConfigError, readConfig, ServiceConfigShape } from '@talkoot/http-service';
import { hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const PaymentsConfigShape = ServiceConfigShape.extend({
  /** 32 random bytes in base64: encrypts how people are paid. */
  PAYEE_KEY: z.base64().optional(),
  TALKOOT_LOCAL_STACK: z.enum(['0', '1']).optional(),
});
export type PaymentsConfig = z.infer<typeof PaymentsConfigShape>;

/** @throws ConfigError */
export function paymentsConfig(environment: Readonly<Record<string, string | undefined>> = process.env) {
  return readConfig(PaymentsConfigShape, environment);
}

/**
 * The key of the payee vault. Only a local stack may go without: there it follows from the service's own key file.
 * @throws ConfigError
 */
export function payeeKeyOf(config: PaymentsConfig): Uint8Array {
  if (config.PAYEE_KEY) {
    const key = Buffer.from(config.PAYEE_KEY, 'base64');
    if (key.length !== 32) throw new ConfigError('config-invalid: PAYEE_KEY is not 32 bytes');
    return key;
  }
  if (config.TALKOOT_LOCAL_STACK !== '1') throw new ConfigError('config-invalid: PAYEE_KEY is missing');
  return new Uint8Array(
    hkdfSync('sha256', readFileSync(config.SERVICE_KEY_FILE), '', 'talkoot local payee key', 32),
  );
}
