import { ConfigError, readConfig, ServiceConfigShape } from '@talkoot/http-service';
import { hkdfSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { standardPolicy } from './webhook/webhook.ts';

const PaymentsConfigShape = ServiceConfigShape.extend({
  /** 32 random bytes in base64: wraps the keys with which payment details are encrypted. */
  PAYEE_KEY: z.base64().optional(),
  /** Earlier ones, separated by commas, until every key is wrapped anew. */
  PAYEE_KEYS_BEFORE: z.string().default(''),
  /** For how many hours nothing is paid to a changed account. */
  ACCOUNT_COOLING_OFF_HOURS: z.coerce.number().positive().max(720).default(72),
  /** For how many days a bank may send a payment back; until then its payee is not erased. */
  PAYMENT_RETURN_DAYS: z.coerce.number().int().min(0).max(400).default(30),
  /** Only in a local stack: seconds before the second, third, … attempt at a webhook, separated by commas. */
  WEBHOOK_RETRY_SECONDS: z
    .string()
    .regex(/^\d{1,6}(,\d{1,6}){0,19}$/)
    .optional(),
  /** For how many days the content of files from and to the bank is kept; what is on record of them stays. */
  BANK_FILE_DAYS: z.coerce.number().int().min(1).max(3_650).default(30),
  TALKOOT_LOCAL_STACK: z.enum(['0', '1']).optional(),
});
export type PaymentsConfig = z.infer<typeof PaymentsConfigShape>;

/** @throws ConfigError */
export function paymentsConfig(environment: Readonly<Record<string, string | undefined>> = process.env) {
  return readConfig(PaymentsConfigShape, environment);
}

/** How long is waited for what, in milliseconds. */
export interface Waits {
  readonly coolingOff: number;
  readonly returnWindow: number;
  /** Before each further attempt at a webhook. */
  readonly retries: readonly number[];
}

const HOUR = 3_600_000;

/**
 * The waits that protect payees and receivers. Only a local stack may shorten them, so that somebody sees the end of what takes days.
 * @throws ConfigError
 */
export function waitsOf(config: PaymentsConfig): Waits {
  const {
    ACCOUNT_COOLING_OFF_HOURS: hours,
    PAYMENT_RETURN_DAYS: days,
    WEBHOOK_RETRY_SECONDS: retries,
  } = config;
  if (config.TALKOOT_LOCAL_STACK !== '1') {
    if (hours < 1) throw new ConfigError('config-invalid: ACCOUNT_COOLING_OFF_HOURS is less than 1');
    if (days < 30) throw new ConfigError('config-invalid: PAYMENT_RETURN_DAYS is less than 30');
    if (retries !== undefined)
      throw new ConfigError('config-invalid: WEBHOOK_RETRY_SECONDS is for a local stack');
  }
  return {
    coolingOff: Math.round(hours * HOUR),
    returnWindow: days * 24 * HOUR,
    retries: retries?.split(',').map((seconds) => Number(seconds) * 1_000) ?? standardPolicy.schedule,
  };
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
