import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { payeeKeysOf, waitsOf } from './config.ts';
import type { PaymentsConfig } from './config.ts';
import { standardPolicy } from './webhook/webhook.ts';

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

describe('the waits that protect payees and receivers', () => {
  const inProduction = { ACCOUNT_COOLING_OFF_HOURS: 72, PAYMENT_RETURN_DAYS: 30 };

  it('are three days, thirty days, and what a webhook promises', () => {
    expect(waitsOf(config(inProduction))).toEqual({
      coolingOff: 72 * 3_600_000,
      returnWindow: 30 * 24 * 3_600_000,
      retries: standardPolicy.schedule,
    });
  });
  it.each([
    { ACCOUNT_COOLING_OFF_HOURS: 0.01 },
    { PAYMENT_RETURN_DAYS: 29 },
    { WEBHOOK_RETRY_SECONDS: '1,2' },
  ])('are shortened by %o in a local stack only', (shorter) => {
    const asked = { ...inProduction, ...shorter };
    expect(() => waitsOf(config(asked))).toThrow(invalid);
    expect(() => waitsOf(config({ ...asked, TALKOOT_LOCAL_STACK: '0' }))).toThrow(invalid);
    expect(() => waitsOf(config({ ...asked, TALKOOT_LOCAL_STACK: '1' }))).not.toThrow();
  });
  it('of webhooks are read as seconds', () => {
    const local = config({ ...inProduction, TALKOOT_LOCAL_STACK: '1', WEBHOOK_RETRY_SECONDS: '1,20' });
    expect(waitsOf(local).retries).toEqual([1_000, 20_000]);
  });
});
