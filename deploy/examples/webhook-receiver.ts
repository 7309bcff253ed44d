/**
 * Takes in payouts by signed webhooks (https://www.standardwebhooks.com).
 *
 *   WEBHOOK_SECRET=whsec_… PORT=8400 BOOKS=books.db node webhook-receiver.ts
 *
 * Put it behind your own TLS. An answer in the 200s says "it is booked, do not send it again"; with anything else it is sent
 * again, for three days. Answer within 15 seconds.
 */
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { openBooks } from './books.ts';
import type { PayoutEvent } from './books.ts';

const { WEBHOOK_SECRET, PORT = '8400', BOOKS = 'books.db' } = process.env;
if (!WEBHOOK_SECRET) throw new Error('Set WEBHOOK_SECRET to what `talkoot webhooks add` printed.');

const LARGEST = 256 * 1024;
const webhook = new Webhook(WEBHOOK_SECRET);
const books = openBooks(BOOKS);

const server = createServer((request, response) => {
  void take(request).then((status) => response.writeHead(status).end());
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`listens on ${PORT}`));

/** Takes in one message. Returns what to answer. */
async function take(request: IncomingMessage): Promise<number> {
  try {
    const body = await bodyOf(request);
    if (body === null) return 413;
    // Over the bytes as they came: parsing and writing them again would change them. Refuses a wrong signature, and
    // one that is five minutes old or from the future: what somebody recorded cannot be sent again later.
    const event = webhook.verify(body, request.headers as Record<string, string>) as PayoutEvent;
    // The id is signed too, and the same in every attempt and every replay.
    const taken = books.take(request.headers['webhook-id'] as string, event);
    console.log(`${event.type} ${event.data.obligationId ?? ''}: ${taken}`);
    return 204;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return 401;
    console.error(error);
    return 500;
  }
}

process.once('SIGTERM', () => server.close(() => books.close()));

/** The body as text; null when it is larger than any event. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
