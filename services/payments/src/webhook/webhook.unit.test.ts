import { webhookEventTypes } from '@talkoot/api-contracts/payments';
import { allEvents } from '@talkoot/event-contracts';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { checkedUrl, mayConnect } from './webhook.address.ts';
import { newSecret, signedHeaders, webhookIdOf } from './webhook.signature.ts';
import { retryAfterMs, shareAttempts, standardPolicy, verdictOn } from './webhook.ts';
import type { Outcome } from './webhook.ts';

const outside = { loopback: false };
const hour = 3_600_000;

describe('the types of events', () => {
  it('are all payout events that there are', () => {
    const payouts = allEvents.map(({ type }) => type).filter((type) => type.includes('.payout.'));
    expect(webhookEventTypes.toSorted()).toEqual(payouts.toSorted());
  });
});

describe('an address', () => {
  it.each([
    'http://finance.example/hook',
    'http://127.0.0.1/hook',
    'https://user:word@finance.example/',
    'https://finance.example/#part',
    'https://10.1.2.3/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://017700000001/',
    'https://169.254.169.254/latest/meta-data',
    'https://[::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[64:ff9b::a00:1]/',
    'https://[2002:a00:1::]/',
    'ftp://finance.example/',
    'file:///etc/passwd',
    'finance.example',
    '',
  ])('%s is refused', (text) => {
    expect(() => checkedUrl(text, outside)).toThrow(
      expect.objectContaining({ code: 'webhook-address-refused' }),
    );
  });

  it.each(['https://finance.example/hook?code=1', 'https://finance.example:8443/', 'https://93.184.216.34/'])(
    '%s is taken',
    (text) => {
      expect(checkedUrl(text, outside).protocol).toBe('https:');
    },
  );

  it('may be this machine, without TLS, in a local stack only', () => {
    for (const text of ['http://127.0.0.1:9/', 'http://localhost:9/', 'https://[::1]:9/']) {
      expect(checkedUrl(text, { loopback: true }).port).toBe('9');
      expect(() => checkedUrl(text, outside)).toThrow();
    }
    expect(() => checkedUrl('http://10.0.0.1/', { loopback: true })).toThrow();
    expect(() => checkedUrl('http://finance.example/', { loopback: true })).toThrow();
  });
});

describe('a connection', () => {
  const octet = fc.integer({ min: 0, max: 255 });
  const within = (...start: number[]) =>
    fc.tuple(octet, octet, octet, octet).map((all) => [...start, ...all.slice(start.length)].join('.'));
  const privateAddress = fc.oneof(
    within(10),
    within(127),
    within(0),
    within(192, 168),
    within(169, 254),
    within(100, 64),
    within(198, 18),
    within(224),
    within(255),
    fc.tuple(fc.integer({ min: 16, max: 31 }), octet, octet).map((all) => `172.${all.join('.')}`),
  );

  it('is never opened into a private network, however the address is written', () => {
    fc.assert(
      fc.property(privateAddress, (ip) => {
        for (const written of [ip, `::ffff:${ip}`, `64:ff9b::${ip}`, `::${ip}`]) {
          expect([written, mayConnect(written, outside)]).toEqual([written, false]);
        }
      }),
    );
  });

  it.each([
    'fc00::1',
    'fdff::1',
    'fe80::1',
    'fec0::1',
    'ff02::1',
    '::',
    '::1',
    '2001:db8::1',
    '2001::1',
    'no address',
  ])('is not opened to %s', (ip) => {
    expect(mayConnect(ip, outside)).toBe(false);
  });

  it.each(['93.184.216.34', '8.8.8.8', '2606:2800:220:1:248:1893:25c8:1946', '::ffff:8.8.8.8'])(
    'is opened to %s',
    (ip) => {
      expect(mayConnect(ip, outside)).toBe(true);
    },
  );
});

describe('what follows from an attempt', () => {
  const now = new Date('2027-05-01T10:00:00Z');
  const facts = { attempts: 1, firstAttemptAt: now, failures: 1, failingSince: now };
  const after = (outcome: Outcome, some: Partial<typeof facts> = {}, random = 0) =>
    verdictOn(outcome, { ...facts, ...some }, standardPolicy, random);

  it.each([200, 201, 202, 204, 299])('%i: it is delivered', (status) => {
    expect(after({ status, retryAfterMs: null })).toEqual({ kind: 'delivered' });
  });

  it.each([100, 301, 307, 400, 401, 404, 429, 500, 503])('%i: it is tried again', (status) => {
    expect(after({ status, retryAfterMs: null })).toEqual({ kind: 'again', afterMs: 5_000, restMs: 0 });
  });

  it('410: the endpoint is disabled at once', () => {
    expect(after({ status: 410, retryAfterMs: null })).toEqual({ kind: 'disable', reason: 'gone' });
  });

  it('is tried ten times within 76 hours, each wait up to a fifth longer', () => {
    const waits = standardPolicy.schedule.map((_, index) => {
      const verdict = after({ error: 'timeout' }, { attempts: index + 1 });
      const longest = after({ error: 'timeout' }, { attempts: index + 1 }, 1);
      if (verdict.kind !== 'again' || longest.kind !== 'again') throw new Error(verdict.kind);
      expect(longest.afterMs).toBeCloseTo(verdict.afterMs * 1.2);
      return verdict.afterMs;
    });
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits.reduce((sum, one) => sum + one, 0) / hour).toBeCloseTo(75.6, 1);
    expect(waits).toHaveLength(9);
  });

  it('after the last attempt: an endpoint that accepted nothing since the first is disabled', () => {
    const verdict = after({ status: 500, retryAfterMs: null }, { attempts: 10 });
    expect(verdict).toEqual({ kind: 'disable', reason: 'failing' });
  });

  it('after the last attempt: one that accepted others goes on without this one', () => {
    const failingSince = new Date(now.getTime() + 1);
    const verdict = after({ status: 500, retryAfterMs: null }, { attempts: 10, failingSince });
    expect(verdict).toEqual({ kind: 'given-up' });
  });

  it('a Retry-After is heeded, a day at most', () => {
    const asked = (retryAfter: number) => after({ status: 429, retryAfterMs: retryAfter });
    expect(asked(60_000)).toEqual({ kind: 'again', afterMs: 60_000, restMs: 60_000 });
    expect(asked(1)).toMatchObject({ afterMs: 5_000 });
    expect(asked(1_000 * hour)).toMatchObject({ afterMs: 24 * hour, restMs: 24 * hour });
  });

  it('an endpoint rests from its third failure on, twice as long each time, five minutes at most', () => {
    const rests = [1, 2, 3, 4, 5, 40, 4_000].map((failures) => {
      const verdict = after({ error: 'ECONNREFUSED' }, { failures });
      return verdict.kind === 'again' ? verdict.restMs : null;
    });
    expect(rests).toEqual([0, 0, 5_000, 10_000, 20_000, 300_000, 300_000]);
  });
});

describe('a Retry-After', () => {
  const now = new Date('2027-05-01T10:00:00Z');
  it.each([
    ['120', 120_000],
    ['Sat, 01 May 2027 10:01:00 GMT', 60_000],
    ['Sat, 01 May 2027 09:00:00 GMT', 0],
    ['soon', null],
    ['Thu', null],
    [undefined, null],
    ['9'.repeat(200), null],
  ])('of %s asks for %s milliseconds', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});

describe('attempts are shared', () => {
  const claimant = fc.record({
    failing: fc.boolean(),
    running: fc.integer({ min: 0, max: 4 }),
    due: fc.integer({ min: 0, max: 10 }),
  });
  const claimants = fc
    .array(claimant, { maxLength: 60 })
    .map((all) => all.map((one, index) => ({ ...one, id: `whk-${index}` })));

  it('within the limits of each and of all, and to nobody without something due', () => {
    fc.assert(
      fc.property(claimants, (all) => {
        const shares = shareAttempts(all, standardPolicy);
        const running = all.reduce((sum, one) => sum + one.running, 0);
        const given = [...shares.values()].reduce((sum, one) => sum + one, 0);
        expect(given).toBeLessThanOrEqual(Math.max(standardPolicy.total - running, 0));
        for (const { id, running: own, due, failing } of all) {
          const share = shares.get(id) ?? 0;
          expect(share).toBeLessThanOrEqual(due);
          if (share > 0) expect(own + share).toBeLessThanOrEqual(failing ? 1 : standardPolicy.perEndpoint);
        }
      }),
    );
  });

  it('however many hang: one that accepts what it gets always has room', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), (dead) => {
        const hanging = Array.from({ length: dead }, (_, index) => {
          // As many as were ever allowed to begin are under way.
          const running = index < standardPolicy.total / 2 ? 1 : 0;
          return { id: `dead-${index}`, failing: true, running, due: 10 };
        });
        const shares = shareAttempts(
          [...hanging, { id: 'sound', failing: false, running: 0, due: 10 }],
          standardPolicy,
        );
        expect(shares.get('sound')).toBe(standardPolicy.perEndpoint);
      }),
    );
  });
});

describe('a signature', () => {
  const message = { webhookId: webhookIdOf('obligation/obl-1/3'), body: '{"a":"ä"}', at: new Date() };

  it('is what the reference library of Standard Webhooks accepts, by either of two secrets', () => {
    const [one, other] = [newSecret(), newSecret()];
    expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const headers = signedHeaders(message, [one, other]);
    for (const secret of [one, other]) {
      expect(new Webhook(secret).verify(message.body, headers)).toEqual({ a: 'ä' });
    }
    expect(() => new Webhook(newSecret()).verify(message.body, headers)).toThrow();
    expect(() => new Webhook(one).verify(`${message.body} `, headers)).toThrow();
    const moved = { ...headers, 'webhook-id': webhookIdOf('obligation/obl-1/4') };
    expect(() => new Webhook(one).verify(message.body, moved)).toThrow();
  });

  it('has an id without a full stop, the same for the same event', () => {
    expect(webhookIdOf('obligation/obl.1/3')).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(webhookIdOf('a')).toBe(webhookIdOf('a'));
  });
});
