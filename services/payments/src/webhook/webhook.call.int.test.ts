import { afterEach, describe, expect, it } from 'vitest';
import { webhookCaller } from './webhook.call.ts';
import type { Resolve } from './webhook.call.ts';
import { receiver } from './webhook.fixture.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const message = { headers: { 'content-type': 'application/json' }, body: '{"id":"1"}' };
const never = new AbortController().signal;
const callerWith = (resolve: Resolve, loopback = false) =>
  webhookCaller({ rule: { loopback }, deadlineMs: 1_000, resolve });

describe('a name', () => {
  it('that leads into a private network is refused when it is registered and when it is called', async () => {
    const own = await receiver();
    stops.push(() => own.stop());
    const { port } = new URL(own.url);
    for (const addresses of [['127.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['::ffff:127.0.0.1'], ['::1']]) {
      const caller = callerWith(async () => addresses);
      const url = `https://finance.example:${port}/`;
      await expect(caller.check(url)).rejects.toMatchObject({ code: 'webhook-address-refused' });
      expect(await caller.post(url, message, never)).toEqual({ error: 'address-refused' });
    }
    expect(own.received).toEqual([]);
  });

  it('that changes after it was judged leads nowhere else: the judged address is the one that is called', async () => {
    let asked = 0;
    const caller = callerWith(async () => {
      asked += 1;
      return asked === 1 ? ['93.184.216.34'] : ['127.0.0.1'];
    });
    await caller.check('https://finance.example/');
    expect(await caller.post('https://finance.example/', message, never)).toEqual({
      error: 'address-refused',
    });
    expect(asked).toBe(2);
  });

  it('is resolved once for each connection', async () => {
    let asked = 0;
    const own = await receiver();
    stops.push(() => own.stop());
    const caller = callerWith(async () => {
      asked += 1;
      return ['127.0.0.1'];
    }, true);
    // Not TLS: the connection is made, and what answers is not understood.
    const outcome = await caller.post(`https://finance.example:${new URL(own.url).port}/`, message, never);
    expect(outcome).toHaveProperty('error');
    expect(asked).toBe(1);
  });

  it('without an address is refused at registration and an error later', async () => {
    const caller = callerWith(async () => []);
    await expect(caller.check('https://finance.example/')).rejects.toMatchObject({
      code: 'webhook-address-refused',
    });
    expect(await caller.post('https://finance.example/', message, never)).toEqual({
      error: 'name-unresolved',
    });
  });

  it('whose servers do not answer takes no longer than the deadline', async () => {
    const { promise } = Promise.withResolvers<string[]>();
    const outcome = await callerWith(() => promise).post('https://finance.example/', message, never, 200);
    expect(outcome).toEqual({ error: 'timeout' });
  });
});

describe('an address', () => {
  it('that was stored before the rules were stricter is judged again at each call', async () => {
    const own = await receiver();
    stops.push(() => own.stop());
    expect(await callerWith(async () => []).post(own.url, message, never)).toEqual({
      error: 'address-refused',
    });
    expect(own.received).toEqual([]);
  });

  it('is not followed to where a redirect points', async () => {
    const target = await receiver();
    const own = await receiver((response) => response.writeHead(302, { location: target.url }).end());
    stops.push(
      () => own.stop(),
      () => target.stop(),
    );
    const outcome = await callerWith(async () => [], true).post(own.url, message, never);
    expect(outcome).toMatchObject({ status: 302 });
    expect(target.received).toEqual([]);
  });
});
