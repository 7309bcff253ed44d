import { createHash, randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/** A new secret: `whsec_` and 32 random bytes in base64, as Standard Webhooks writes it. */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** What an event is known by at every endpoint and in every replay: events of this service have unique ids. */
export const webhookIdOf = (eventId: string): string =>
  `msg_${createHash('sha256').update(eventId).digest('hex').slice(0, 32)}`;

/** The headers of one attempt, signed with each secret that is valid: a receiver knows one of them. */
export function signedHeaders(
  message: { readonly webhookId: string; readonly body: string; readonly at: Date },
  secrets: readonly string[],
): Record<string, string> {
  const { webhookId, body, at } = message;
  return {
    'content-type': 'application/cloudevents+json; charset=UTF-8',
    'user-agent': 'Talkoot-Webhooks/1',
    'webhook-id': webhookId,
    'webhook-timestamp': Math.floor(at.getTime() / 1_000).toString(),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(webhookId, at, body)).join(' '),
  };
}
