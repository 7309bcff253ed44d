import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createLog } from '@talkoot/http-service';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { municipalityId, paymentsFixture } from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import { quickPolicy, receiver, say, until } from './webhook.fixture.ts';
import { startWebhooks } from './webhook.sender.ts';
import type { WebhookSender } from './webhook.sender.ts';

let fixture: PaymentsFixture;
let sender: WebhookSender;
let finance: Awaited<ReturnType<typeof receiver>>;
let token = '';
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'), { policy: quickPolicy });
  sender = startWebhooks({ ...fixture.payments.webhooks, log: createLog('payments', 'silent') });
  finance = await receiver();
  token = await fixture.tokenOf('per-clerk', 'finance-clerk');
});
afterAll(async () => {
  await sender.stop();
  await finance.stop();
  await fixture.stop();
});

const script = fileURLToPath(new URL('../../../../packages/cli/src/talkoot.ts', import.meta.url));

/** `talkoot webhooks …` as a finance clerk runs it. */
function talkoot(...words: string[]) {
  const env = { ...process.env, TALKOOT_TOKEN: token, TALKOOT_MUNICIPALITY: municipalityId };
  const all = [script, 'webhooks', ...words, '--url', fixture.url];
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    execFile(process.execPath, all, { env: { ...env, PAYMENTS_URL: '' } }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

async function json<T>(...words: string[]): Promise<T> {
  const { out, err } = await talkoot(...words, '--json');
  expect(err).toBe('');
  return JSON.parse(out) as T;
}

interface Endpoint {
  readonly endpointId: string;
  readonly state: string;
  readonly waiting: number;
  readonly types: string[];
}

// Each command is a process that loads much: on a busy machine that takes its time.
describe('talkoot webhooks', { timeout: 180_000 }, () => {
  let endpointId = '';
  let secret = '';

  it('adds an endpoint and prints its secret', async () => {
    const added = await json<{ endpoint: Endpoint; secret: string }>(
      'add',
      finance.url,
      '--types',
      'due,settled',
    );
    expect(added.endpoint).toMatchObject({
      state: 'active',
      types: ['org.talkoot.payout.due.v1', 'org.talkoot.payout.settled.v1'],
    });
    ({ secret } = added);
    ({ endpointId } = added.endpoint);
    const { out } = await talkoot('list');
    expect(out).toContain(`${endpointId}  active`);
    expect(out).toContain('takes due, settled; 0 waiting');
    expect(out).not.toContain('whsec_');
  });

  it('tries it, lists what was delivered, and sends again', async () => {
    expect(await talkoot('ping', endpointId)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^accepted: 204/),
    });
    const [eventId] = await say(fixture, 'obl-command', ['due', 'approved']);
    await until('it is there', () => finance.ids().includes(eventId!));
    const { out } = await talkoot('deliveries', endpointId, '--state', 'delivered');
    expect(out).toMatch(/delivered {2}due .*obl-command {2}1 attempts {2}last 204/);
    expect(out.trim().split('\n')).toHaveLength(1);
    const before = finance.received.length;
    await talkoot('replay', endpointId, '--event', eventId!);
    await until('it is there again', () => finance.received.length > before);
  });

  it('rotates the secret; the old one signs too until its time is over', async () => {
    const rotated = await json<{ secret: string }>('rotate', endpointId, '--overlap-hours', '1');
    await fixture.clerk.pingWebhook({ params: { municipalityId, endpointId } });
    const { body, headers } = finance.received.at(-1)!;
    for (const one of [secret, rotated.secret]) {
      expect(new Webhook(one).verify(body, headers as Record<string, string>)).toBeTruthy();
    }
  });

  it('disables, enables and removes', async () => {
    expect(await json<Endpoint>('disable', endpointId)).toMatchObject({ state: 'disabled' });
    expect(await json<Endpoint>('enable', endpointId)).toMatchObject({ state: 'active' });
    finance.from(500);
    expect(await talkoot('ping', endpointId)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^not accepted: 500/),
    });
    expect(await json('remove', endpointId)).toEqual({ endpointId });
    const { items } = await fixture.clerk.listWebhooks({ params: { municipalityId } });
    expect(items).toEqual([]);
  });

  it.each([
    [['add', 'https://10.0.0.1/'], 'webhook-address-refused'],
    [['ping', 'whk-none'], 'not-found'],
    [['replay', 'whk-none'], 'since-or-event'],
  ])('refuses %j in one line that begins with a code', async (words, said) => {
    const { code, err } = await talkoot(...words);
    expect(code).toBe(1);
    expect(err).toContain(said);
  });
});
