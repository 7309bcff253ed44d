import { createLog } from '@talkoot/http-service';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { key, municipalityId, paymentsFixture } from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import { createVault } from '../payee/vault.ts';
import { resealSecrets, secretsOf } from './webhook.parts.ts';
import { startWebhooks } from './webhook.sender.ts';
import type { WebhookSender } from './webhook.sender.ts';
import { addWebhook, allTypes, quickPolicy, receiver, say, until } from './webhook.fixture.ts';
import type { Behaviour, Received } from './webhook.fixture.ts';

let fixture: PaymentsFixture;
let sender: WebhookSender;
const lines: string[] = [];
const log = createLog('payments', 'trace', { write: (line) => void lines.push(line) });
const start = () => startWebhooks({ ...fixture.payments.webhooks, log, leaseTtlMs: 1_500 });

beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'), { policy: quickPolicy });
  sender = start();
});
afterAll(async () => {
  await sender.stop();
  await fixture.stop();
});

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A receiver that is registered for the time of one test. */
async function subscriber(...behaviours: Behaviour[]) {
  const own = await receiver(...behaviours);
  const { endpoint, secret } = await addWebhook(fixture, own.url);
  const params = { municipalityId, endpointId: endpoint.endpointId };
  stops.push(async () => {
    await fixture.clerk.removeWebhook({ params, idempotencyKey: key() });
    await own.stop();
  });
  const deliveries = async () =>
    (await fixture.clerk.listWebhookDeliveries({ params, query: { limit: 200 } })).items;
  const state = async () => {
    const { items } = await fixture.clerk.listWebhooks({ params: { municipalityId } });
    return items.find((one) => one.endpointId === params.endpointId)!;
  };
  const settled = () =>
    until('nothing waits', async () => {
      const all = await deliveries();
      return all.length > 0 && all.every((one) => one.state === 'delivered');
    });
  return { ...own, params, secret: secret!, deliveries, state, settled };
}

let count = 0;
const newObligation = () => `obl-${(count += 1)}-${key().slice(0, 8)}`;
const verified = (secret: string, { body, headers }: Received) =>
  new Webhook(secret).verify(body, headers as Record<string, string>);

describe('an endpoint', () => {
  it('is registered by a finance clerk, with a secret that is shown once and kept encrypted', async () => {
    const idempotencyKey = key();
    const own = await receiver();
    stops.push(() => own.stop());
    const body = { url: `${own.url}?code=topsecret`, types: allTypes };
    const params = { municipalityId };
    const { endpoint, secret } = await fixture.clerk.addWebhook({ params, body, idempotencyKey });
    expect(endpoint).toMatchObject({ state: 'active', disabled: null, waiting: 0, createdBy: 'per-clerk' });
    expect(endpoint.url).toBe(`${own.url}?…`);
    expect(secret).toMatch(/^whsec_/);
    const again = await fixture.clerk.addWebhook({ params, body, idempotencyKey });
    expect(again).toMatchObject({ endpoint: { endpointId: endpoint.endpointId }, secret: null });
    const collections = await fixture.connection.db!.collections();
    const stored = await Promise.all(collections.map((one) => one.find().toArray()));
    expect(JSON.stringify(stored)).not.toContain(secret!.slice('whsec_'.length));
    expect(JSON.stringify(stored)).not.toContain('whsec_');
    const of = { municipalityId, endpointId: endpoint.endpointId };
    await fixture.clerk.removeWebhook({ params: of, idempotencyKey: key() });
    const { items } = await fixture.clerk.listWebhooks({ params });
    expect(items).toEqual([]);
    const kept = fixture.connection.collection<{ _id: string }>('webhookendpoints');
    expect(await kept.findOne({ _id: endpoint.endpointId })).toMatchObject({
      secrets: [],
      createdBy: 'per-clerk',
      removed: { by: 'per-clerk' },
    });
  });

  it('belongs to its municipality: nobody else sees, changes or calls it', async () => {
    const { params } = await subscriber();
    const stranger = await fixture.asElsewhere('per-stranger', 'finance-clerk');
    const other = { municipalityId: 'other', endpointId: params.endpointId };
    const calls = [
      stranger.listWebhookDeliveries({ params: other }),
      stranger.pingWebhook({ params: other }),
      stranger.enableWebhook({ params: other, idempotencyKey: key() }),
      stranger.disableWebhook({ params: other, idempotencyKey: key() }),
      stranger.removeWebhook({ params: other, idempotencyKey: key() }),
      stranger.rotateWebhookSecret({ params: other, body: {}, idempotencyKey: key() }),
      stranger.replayWebhook({
        params: other,
        body: { since: '2027-01-01T00:00:00Z' },
        idempotencyKey: key(),
      }),
    ];
    for (const { status, ...call } of await Promise.allSettled(calls)) {
      expect(status).toBe('rejected');
      expect(call).toMatchObject({ reason: { code: 'not-found' } });
    }
    const reader = await fixture.as('per-auditor', 'auditor');
    await expect(reader.pingWebhook({ params })).rejects.toMatchObject({ code: 'forbidden' });
    expect((await reader.listWebhookDeliveries({ params })).items).toEqual([]);
  });

  it.each([
    'http://finance.example/',
    'https://10.0.0.1/',
    'https://[::ffff:192.168.0.1]/',
    'https://user:word@finance.example/',
    'https://no-such-name.invalid/',
  ])('is refused at %s, and nothing is stored', async (url) => {
    await expect(addWebhook(fixture, url)).rejects.toMatchObject({ code: 'webhook-address-refused' });
    const { items } = await fixture.clerk.listWebhooks({ params: { municipalityId } });
    expect(items).toEqual([]);
  });

  it('is one of ten at most, however many are registered at the same time', async () => {
    const own = await receiver();
    stops.push(() => own.stop());
    const asked = await Promise.allSettled(Array.from({ length: 50 }, () => addWebhook(fixture, own.url)));
    const refused = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(refused).toEqual(Array(40).fill('webhook-limit'));
    const { items } = await fixture.clerk.listWebhooks({ params: { municipalityId } });
    expect(items).toHaveLength(10);
    const [first, ...rest] = items.map(({ endpointId }) => ({ municipalityId, endpointId }));
    await fixture.clerk.removeWebhook({ params: first!, idempotencyKey: key() });
    const { endpoint } = await addWebhook(fixture, own.url);
    for (const params of [...rest, { municipalityId, endpointId: endpoint.endpointId }]) {
      await fixture.clerk.removeWebhook({ params, idempotencyKey: key() });
    }
  });
});

describe('payout events', () => {
  it('arrive signed, as they are on Kafka, with what a finance system books by', async () => {
    const own = await subscriber();
    const obligationId = newObligation();
    const ids = await say(fixture, obligationId, ['due', 'approved']);
    await own.settled();
    expect(own.ids()).toEqual(ids);
    const outbox = fixture.connection.collection<{ _id: string; envelope: unknown }>('outbox');
    const row = await outbox.findOne({ _id: ids[1]! });
    const [, second] = own.received;
    expect(verified(own.secret, second!)).toEqual(row!.envelope);
    expect(second!.headers['content-type']).toMatch(/^application\/cloudevents\+json/);
    expect(second!.event).toMatchObject({
      type: 'org.talkoot.payout.approved.v1',
      data: { obligationId, fiscalYear: 2027, costCentre: '4100', account: '401500', vatCode: '00' },
    });
    expect(await own.deliveries()).toMatchObject([
      { eventId: ids[1], state: 'delivered', attempts: 1, lastStatus: 204, lastError: null },
      { eventId: ids[0], state: 'delivered' },
    ]);
  });

  it('go only to whom they concern: by type, and by municipality', async () => {
    const own = await receiver();
    const { endpoint } = await addWebhook(fixture, own.url, ['org.talkoot.payout.settled.v1']);
    await say(fixture, newObligation(), ['due', 'settled'], 'other');
    const ids = await say(fixture, newObligation(), ['due', 'settled']);
    await until('it is there', () => own.received.length > 0);
    await sleep(5 * quickPolicy.pollMs);
    expect(own.ids()).toEqual([ids[1]]);
    const params = { municipalityId, endpointId: endpoint.endpointId };
    await fixture.clerk.removeWebhook({ params, idempotencyKey: key() });
    await own.stop();
  });

  it.each<[string, Behaviour]>([
    ['fails', 500],
    ['is overloaded', 503],
    ['asks for a password', 401],
    ['points elsewhere', (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end()],
    ['closes the connection', 'close'],
    ['does not answer', 'hang'],
    ['never ends its headers', (response) => response.socket!.write('HTTP/1.1 200 OK\r\nX-Slow: ')],
    [
      'sends headers without end',
      (response) => response.socket!.write(`HTTP/1.1 200 OK\r\nX-Large: ${'x'.repeat(40_000)}`),
    ],
    ['answers no HTTP', (response) => void response.socket!.end('SMTP ready\r\n\r\n')],
  ])('are sent again when the receiver %s, in the order of the obligation', async (_, behaviour) => {
    const own = await subscriber(behaviour, behaviour, 200);
    const ids = await say(fixture, newObligation(), ['due', 'approved', 'released']);
    await own.settled();
    expect(own.ids()).toEqual([ids[0], ids[0], ...ids]);
    expect(new Set(own.received.slice(0, 3).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    for (const one of own.received) verified(own.secret, one);
    expect((await own.deliveries()).map(({ attempts }) => attempts)).toEqual([1, 1, 3]);
    expect(await own.state()).toMatchObject({ state: 'active', failingSince: null, waiting: 0 });
  });

  it.each<[string, Behaviour]>([
    ['without end', (response) => response.writeHead(200).write(Buffer.alloc(1_000_000))],
    [
      'drop by drop',
      (response) => {
        response.writeHead(200).write('.');
        const drip = setInterval(() => response.write('.'), 50);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])(
    'are delivered by an answer that goes on %s: its status counts, the rest is cut off',
    async (_, behaviour) => {
      const own = await subscriber(behaviour);
      const ids = await say(fixture, newObligation(), ['due', 'approved']);
      await own.settled();
      expect(own.ids()).toEqual(ids);
    },
  );

  it('wait as long as a Retry-After asks', async () => {
    const own = await subscriber((response) => response.writeHead(429, { 'retry-after': '1' }).end(), 204);
    // The longest wait of this test's schedule is the most that is heeded.
    const longest = quickPolicy.schedule.at(-1)!;
    await say(fixture, newObligation(), ['due']);
    await own.settled();
    expect(own.received[1]!.at - own.received[0]!.at).toBeGreaterThanOrEqual(longest);
  });

  it('of one obligation wait for each other, those of others do not wait for them', async () => {
    const stuck = newObligation();
    const behaviour: Behaviour = (response, _, { event }) =>
      response.writeHead(event.subject === stuck && own.received.length < 6 ? 500 : 204).end();
    const own = await subscriber(behaviour);
    const first = await say(fixture, stuck, ['due', 'approved']);
    await until('it was tried', () => own.received.length > 0);
    const other = await say(fixture, newObligation(), ['due', 'approved', 'settled']);
    await own.settled();
    const order = own.ids();
    expect(order.filter((id) => first.includes(id)).at(-1)).toBe(first[1]);
    expect(order.indexOf(first[1]!)).toBeGreaterThan(order.lastIndexOf(first[0]!));
    expect(order.filter((id) => other.includes(id))).toEqual(other);
    expect(order.indexOf(other[2]!)).toBeLessThan(order.indexOf(first[1]!));
  });

  it('are told while earlier ones of the same obligation are being sent, and none is left behind', async () => {
    const own = await subscriber();
    const obligationId = newObligation();
    const ids: string[] = [];
    for (let number = 0; number < 60; number += 1) ids.push(...(await say(fixture, obligationId, ['due'])));
    await until('all are there', () => own.received.length >= ids.length);
    expect(own.ids()).toEqual(ids);
  });

  it('reach everybody in time while other endpoints hang', async () => {
    const dead = await Promise.all(Array.from({ length: 6 }, () => subscriber('hang')));
    await say(fixture, newObligation(), ['due', 'approved', 'released']);
    await until('all have failed once', async () => {
      const states = await Promise.all(dead.map(({ state }) => state()));
      return states.every(({ failingSince }) => failingSince !== null);
    });
    const own = await subscriber();
    const told = await Promise.all(
      Array.from({ length: 10 }, () => say(fixture, newObligation(), ['due', 'approved', 'released'])),
    );
    await until('all are there', () => own.received.length === 30);
    expect(new Set(own.ids())).toEqual(new Set(told.flat()));
  });
});

describe('an endpoint is disabled', () => {
  it('at once when it is gone; what happens meanwhile waits, and goes when it is enabled', async () => {
    const own = await subscriber(410);
    const first = await say(fixture, newObligation(), ['due', 'approved']);
    await until('it is disabled', async () => (await own.state()).state === 'disabled');
    expect(await own.state()).toMatchObject({ disabled: { reason: 'gone' }, waiting: 2 });
    const later = await say(fixture, newObligation(), ['due']);
    await until('it waits', async () => (await own.state()).waiting === 3);
    expect(own.received).toHaveLength(1);
    own.from(204);
    const idempotencyKey = key();
    const enabled = await fixture.clerk.enableWebhook({ params: own.params, idempotencyKey });
    expect(enabled).toMatchObject({ state: 'active', disabled: null });
    await own.settled();
    expect(new Set(own.ids().slice(1))).toEqual(new Set([...first, ...later]));
    const line = lines.find((one) => one.includes('disabled') && one.includes(own.params.endpointId));
    expect(JSON.parse(line!)).toMatchObject({ level: 'error', reason: 'gone', status: 410 });
  });

  it('when it accepted nothing for the whole schedule; enabled again, everything goes in order', async () => {
    const own = await subscriber(500);
    const ids = await say(fixture, newObligation(), ['due', 'approved']);
    await until('it is disabled', async () => (await own.state()).state === 'disabled');
    // At least once: an attempt whose outcome could not be recorded is made again.
    expect(own.received.length).toBeGreaterThan(quickPolicy.schedule.length);
    expect(new Set(own.ids())).toEqual(new Set([ids[0]]));
    expect(await own.state()).toMatchObject({ disabled: { reason: 'failing' }, waiting: 2 });
    expect((await own.deliveries()).map(({ state, lastStatus }) => [state, lastStatus])).toEqual([
      ['behind', null],
      ['waiting', 500],
    ]);
    own.from(204);
    await fixture.clerk.enableWebhook({ params: own.params, idempotencyKey: key() });
    await own.settled();
    expect(own.ids().slice(-2)).toEqual(ids);
  });

  it('by hand, without losing anything', async () => {
    const own = await subscriber();
    await fixture.clerk.disableWebhook({ params: own.params, idempotencyKey: key() });
    const ids = await say(fixture, newObligation(), ['due']);
    await until('it waits', async () => (await own.state()).waiting === 1);
    await sleep(5 * quickPolicy.pollMs);
    expect(own.received).toEqual([]);
    expect(await own.state()).toMatchObject({ state: 'disabled', disabled: { reason: 'by-hand' } });
    await fixture.clerk.enableWebhook({ params: own.params, idempotencyKey: key() });
    await own.settled();
    expect(own.ids()).toEqual(ids);
  });

  it('not for one event that it never accepts: that one is given up, visibly, and the next goes', async () => {
    const [poison, sound] = [newObligation(), newObligation()];
    const own = await subscriber((response, _, { event }) =>
      response.writeHead(event.subject === poison && event.id.endsWith('/1') ? 422 : 204).end(),
    );
    const ids = await say(fixture, poison, ['due', 'approved']);
    for (const step of allTypes.keys()) {
      await until('it is tried', () => own.received.length > step);
      await say(fixture, `${sound}-${step}`, ['due']);
    }
    await until('it is given up', async () =>
      (await own.deliveries()).some(({ eventId, state }) => eventId === ids[0] && state === 'given-up'),
    );
    await until('the next goes', () => own.ids().includes(ids[1]!));
    expect(await own.state()).toMatchObject({ state: 'active' });
    const { items } = await fixture.clerk.listWebhookDeliveries({
      params: own.params,
      query: { state: 'given-up' },
    });
    expect(items).toMatchObject([{ eventId: ids[0], attempts: 4, lastStatus: 422, nextAt: null }]);
  });
});

describe('a secret', () => {
  it('is rotated with an overlap in which both sign, and is then worth nothing', async () => {
    const own = await subscriber();
    const rotate = (overlapHours: number) =>
      fixture.clerk.rotateWebhookSecret({
        params: own.params,
        body: { overlapHours },
        idempotencyKey: key(),
      });
    const { secret: second, endpoint } = await rotate(1);
    expect(endpoint.secrets).toMatchObject([{ validUntil: null }, { validUntil: expect.any(String) }]);
    await say(fixture, newObligation(), ['due']);
    await own.settled();
    for (const secret of [own.secret, second!]) verified(secret, own.received[0]!);
    const { secret: third } = await rotate(0);
    await say(fixture, newObligation(), ['due']);
    await until('it is there', () => own.received.length === 2);
    verified(third!, own.received[1]!);
    for (const old of [own.secret, second!]) expect(() => verified(old, own.received[1]!)).toThrow();
  });
});

describe('a key of the vault', () => {
  it('is changed: secrets are sealed by the new one and go on signing', async () => {
    const own = await subscriber();
    const { endpointId } = own.params;
    const sealedBy = async () => {
      const endpoints = fixture.connection.collection<{ _id: string; secrets: { sealed: { by: string } }[] }>(
        'webhookendpoints',
      );
      return (await endpoints.findOne({ _id: endpointId }))!.secrets.map(({ sealed }) => sealed.by);
    };
    const parts = fixture.payments.webhooks;
    const fresh = randomBytes(32);
    const changed = { ...parts, vault: createVault(fresh, [fixture.payeeKey]) };
    while ((await resealSecrets(changed)) > 0);
    expect(await sealedBy()).toEqual([changed.vault.keyId]);
    const endpoint = await parts.endpoints.find(municipalityId, endpointId);
    expect(secretsOf(changed, endpoint!, new Date())).toEqual([own.secret]);
    const back = { ...parts, vault: createVault(fixture.payeeKey, [fresh]) };
    while ((await resealSecrets(back)) > 0);
    await say(fixture, newObligation(), ['due']);
    await own.settled();
    verified(own.secret, own.received[0]!);
  });
});

describe('sending again', () => {
  it('repeats everything since an instant, or one event, under the same ids', async () => {
    const before = await say(fixture, newObligation(), ['due']);
    await sleep(20);
    const since = new Date().toISOString();
    const early = await say(fixture, newObligation(), ['due', 'approved']);
    // Whoever registers before an event is looked at is sent it as well.
    const waiting = { channel: 'event', 'followed.webhooks': null };
    const outbox = fixture.connection.collection('outbox');
    await until('they are looked at', async () => (await outbox.countDocuments(waiting)) === 0);
    const own = await subscriber();
    const ids = await say(fixture, newObligation(), ['due']);
    await own.settled();
    const replay = (body: { since: string } | { eventId: string }) =>
      fixture.clerk.replayWebhook({ params: own.params, body, idempotencyKey: key() });
    await replay({ since });
    await until('all are there', () => own.received.length >= 1 + 3);
    await until('it is over', async () => !(await own.state()).replayRunning);
    expect(own.ids().slice(1).toSorted()).toEqual([...early, ...ids].toSorted());
    expect(own.received[0]!.headers['webhook-id']).toBe(
      own.received.slice(1).find(({ event }) => event.id === ids[0])!.headers['webhook-id'],
    );
    await replay({ eventId: before[0]! });
    await until('it is there', () => own.ids().includes(before[0]!));
    await expect(replay({ eventId: 'obligation/obl-none/1' })).rejects.toMatchObject({
      code: 'webhook-event-unknown',
    });
  });

  it('of another municipality’s event is refused', async () => {
    const own = await subscriber();
    const [foreign] = await say(fixture, newObligation(), ['due'], 'other');
    const body = { eventId: foreign! };
    const asked = fixture.clerk.replayWebhook({ params: own.params, body, idempotencyKey: key() });
    await expect(asked).rejects.toMatchObject({ code: 'webhook-event-unknown' });
  });

  it('is refused while another replay runs', async () => {
    const own = await subscriber();
    await sender.stop();
    const replay = () =>
      fixture.clerk.replayWebhook({
        params: own.params,
        body: { since: '2027-01-01T00:00:00Z' },
        idempotencyKey: key(),
      });
    expect(await replay()).toMatchObject({ replayRunning: true });
    await expect(replay()).rejects.toMatchObject({ code: 'webhook-replay-running' });
    sender = start();
    await until('it is over', async () => !(await own.state()).replayRunning);
  });
});

describe('a test event', () => {
  it('goes at once, signed, also to a disabled endpoint, and tells what came of it', async () => {
    const own = await subscriber(204, 503, 'hang');
    await fixture.clerk.disableWebhook({ params: own.params, idempotencyKey: key() });
    const ping = () => fixture.clerk.pingWebhook({ params: own.params });
    expect(await ping()).toMatchObject({ accepted: true, status: 204, error: null });
    expect(verified(own.secret, own.received[0]!)).toMatchObject({ type: 'org.talkoot.webhook.ping.v1' });
    expect(await ping()).toMatchObject({ accepted: false, status: 503 });
    await own.stop();
    expect(await ping()).toMatchObject({ accepted: false, status: null, error: 'ECONNREFUSED' });
    expect(await own.deliveries()).toEqual([]);
  });
});

describe('deliveries', () => {
  it('are listed in pages without loss, the newest first', async () => {
    const own = await subscriber();
    const ids = [];
    for (let number = 0; number < 7; number += 1) ids.push(...(await say(fixture, newObligation(), ['due'])));
    await own.settled();
    await until('all are there', () => own.received.length === 7);
    const listed: string[] = [];
    let after: string | null | undefined;
    do {
      const query = { limit: 3, ...(after ? { after } : {}) };
      const page = await fixture.clerk.listWebhookDeliveries({ params: own.params, query });
      listed.push(...page.items.map(({ eventId }) => eventId));
      after = page.next;
    } while (after);
    expect(listed.toSorted()).toEqual(ids.toSorted());
    const wrong = { after: 'nonsense' };
    const asked = fixture.clerk.listWebhookDeliveries({ params: own.params, query: wrong });
    await expect(asked).rejects.toMatchObject({ code: 'invalid-request' });
  });
});

describe('the sender', () => {
  it('is one of several: each event goes once while nothing fails', async () => {
    const others = [start(), start()];
    const own = await subscriber();
    const told = await Promise.all(
      Array.from({ length: 12 }, () => say(fixture, newObligation(), ['due', 'approved'])),
    );
    await until('all are there', () => own.received.length >= 24);
    await sleep(5 * quickPolicy.pollMs);
    expect(own.ids().toSorted()).toEqual(told.flat().toSorted());
    for (const other of others) await other.stop();
  });

  it('lets what is under way end when it stops, cuts off what hangs, and loses nothing', async () => {
    const slow: Behaviour = (response) => void setTimeout(() => response.writeHead(204).end(), 100);
    const [own, hanging] = [await subscriber(slow), await subscriber('hang')];
    const ids = await say(fixture, newObligation(), ['due', 'approved']);
    await until('both are called', () => own.received.length === 1 && hanging.received.length === 1);
    await sender.stop();
    expect(own.ids()).toEqual([ids[0]]);
    const [later, first] = await own.deliveries();
    expect([later!.state, first!.state]).toEqual(['waiting', 'delivered']);
    // Cut off by us: that is no failure of theirs.
    expect((await hanging.deliveries())[1]).toMatchObject({ state: 'waiting', attempts: 0 });
    hanging.from(204);
    sender = start();
    await own.settled();
    await hanging.settled();
    expect(own.ids()).toEqual(ids);
  });

  it('logs neither addresses nor secrets nor bodies', async () => {
    const own = await subscriber(500, 204);
    await say(fixture, newObligation(), ['due']);
    await own.settled();
    const logged = lines.join('\n');
    expect(logged).toContain('was not accepted');
    for (const hidden of [
      own.secret,
      own.secret.slice(6),
      own.url,
      '/payouts',
      'whsec_',
      'payee-58c1',
      '401500',
    ]) {
      expect(logged).not.toContain(hidden);
    }
  });
});
