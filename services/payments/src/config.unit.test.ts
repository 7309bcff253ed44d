import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { payeeKeysOf } from './config.ts';
import type { PaymentsConfig } from './config.ts';

const key = () => randomBytes(32).toString('base64');
const config = (more: Partial<PaymentsConfig>) => ({ PAYEE_KEYS_BEFORE: '', ...more }) as PaymentsConfig;
const invalid = expect.objectContaining({ message: expect.stringContaining('config-invalid') });

describe('the keys of payees', () => {
  it('are the current one and those before it', () => {
    const [now, first, second] = [key(), key(), key()];
    const keys = payeeKeysOf(config({ PAYEE_KEY: now, PAYEE_KEYS_BEFORE: `${first}, ${second},` }));
    const shown = (one: Uint8Array) => Buffer.from(one).toString('base64');
    expect([shown(keys.current), ...keys.before.map(shown)]).toEqual([now, first, second]);
  });
  it.each([
    ['missing', {}],
    ['too short', { PAYEE_KEY: randomBytes(31).toString('base64') }],
    ['before, too long', { PAYEE_KEY: key(), PAYEE_KEYS_BEFORE: randomBytes(33).toString('base64') }],
  ])('stop the service when one is %s', (_, more) => {
    expect(() => payeeKeysOf(config(more))).toThrow(invalid);
  });
});
