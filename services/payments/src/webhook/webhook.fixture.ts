import type { WebhookEventType } from '@talkoot/api-contracts/payments';
import { eventOf } from '@talkoot/event-bus';
import {
  payoutApprovedV1,
  payoutDueV1,
  payoutInstructedV1,
  payoutReleasedV1,
  payoutSettledV1,
} from '@talkoot/event-contracts';
import { inTransaction } from '@talkoot/http-service';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { key, municipalityId } from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import type { WebhookPolicy } from './webhook.ts';

/** The rules of every deployment, in the time of a test. */
export const quickPolicy: WebhookPolicy = {
  schedule: [40, 60, 80],
  deadlineMs: 500,
  perEndpoint: 2,
  total: 8,
  longestRestMs: 60,
  pollMs: 20,
  graceMs: 300,
};

/** One message as it arrived. */
export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: { readonly id: string; readonly type: string; readonly subject: string };
  readonly at: number;
}

/** What a receiver does with a message: a status, or something ruder. */
export type Behaviour =
  | number
  | 'hang'
  | 'close'
  | ((response: ServerResponse, request: IncomingMessage, message: Received) => void);

/** A finance system on this machine that does as it is told: with each message in turn, and then always as with the last. */
export async function receiver(...behaviours: Behaviour[]) {
  const received: Received[] = [];
  let next = behaviours.length > 0 ? behaviours : [204];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const event = JSON.parse(body) as Received['event'];
      const message = { path: request.url!, headers: request.headers, body, event, at: performance.now() };
      received.push(message);
      const [behaviour, ...rest] = next;
      if (rest.length > 0) next = rest;
      behave(behaviour!, response, request, message);
    });
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/payouts`,
    received,
    ids: () => received.map(({ event }) => event.id),
    from: (...others: Behaviour[]) => void (next = others),
    async stop() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      await closed;
    },
  };
}
function behave(
  behaviour: Behaviour,
  response: ServerResponse,
  request: IncomingMessage,
  message: Received,
): void {
  if (typeof behaviour === 'function') behaviour(response, request, message);
  else if (behaviour === 'close') request.socket.destroy();
  else if (behaviour !== 'hang') response.writeHead(behaviour).end();
}

const steps = {
  due: payoutDueV1,
  approved: payoutApprovedV1,
  released: payoutReleasedV1,
  instructed: payoutInstructedV1,
  settled: payoutSettledV1,
} as const;
type Step = keyof typeof steps;

export const allTypes = Object.values(steps).map(({ type }) => type as WebhookEventType);

/** Says these steps of an obligation, as the service does: in a transaction, into the outbox. */
export async function say(
  { connection, payments: { outbox } }: Pick<PaymentsFixture, 'connection' | 'payments'>,
  obligationId: string,
  told: readonly Step[],
  of = municipalityId,
): Promise<string[]> {
  const events = told.map((step) => {
    const event = steps[step];
    const data = { ...event.example.data, obligationId };
    return eventOf({ event, aggregateId: obligationId, municipalityId: of, data, occurredAt: new Date() });
  });
  return inTransaction(connection, async (session) => {
    const appended = await outbox.appendEvents(session, events);
    return appended.map(({ id }) => id);
  });
}

export const addWebhook = (fixture: PaymentsFixture, url: string, types: WebhookEventType[] = allTypes) =>
  fixture.clerk.addWebhook({
    params: { municipalityId },
    body: { url, types },
    idempotencyKey: key(),
  });

/** Waits for a condition; fails when it does not come true. */
export async function until(what: string, holds: () => unknown, within = 15_000): Promise<void> {
  const end = performance.now() + within;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
