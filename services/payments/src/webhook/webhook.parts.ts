import type { OutboxFollower } from '@talkoot/event-bus';
import type { EventEnvelope } from '@talkoot/event-contracts';
import { inTransaction } from '@talkoot/http-service';
import type { Connection } from 'mongoose';
import type { Vault } from '../payee/vault.ts';
import type { DeliveryStore } from './delivery.store.ts';
import type { EndpointDocument, EndpointStore } from './endpoint.store.ts';
import type { WebhookCaller } from './webhook.call.ts';
import type { WebhookPolicy } from './webhook.ts';

/** The events of this service, as its outbox keeps them for ever. */
export interface EventLog {
  readonly follower: OutboxFollower;
  find(eventId: string): Promise<EventEnvelope | null>;
  page(from: {
    readonly since?: Date | undefined;
    readonly afterId?: string | undefined;
    readonly limit: number;
  }): Promise<{ readonly events: readonly EventEnvelope[]; readonly lastId: string | null }>;
}

/** What tells finance systems of payouts. */
export interface WebhookParts {
  readonly connection: Connection;
  readonly endpoints: EndpointStore;
  readonly deliveries: DeliveryStore;
  readonly events: EventLog;
  readonly vault: Vault;
  readonly caller: WebhookCaller;
  readonly policy: WebhookPolicy;
  readonly now: () => Date;
}

const about = (endpointId: string) => `webhook/${endpointId}`;

export const sealSecret = ({ vault }: Pick<WebhookParts, 'vault'>, endpointId: string, secret: string) =>
  vault.seal(secret, about(endpointId));

/** Seals by the vault's current key what an earlier one has sealed. @returns how many endpoints were left to do so for */
export async function resealSecrets(parts: WebhookParts): Promise<number> {
  const { connection, endpoints, vault } = parts;
  const found = await endpoints.sealedBefore(vault.keyId, 50);
  for (const { _id } of found) {
    await inTransaction(connection, async (session) => {
      const endpoint = await endpoints.read(_id, session);
      const secrets = endpoint?.secrets.map(({ sealed, ...rest }) => ({
        ...rest,
        sealed: sealSecret(parts, _id, vault.open(sealed, about(_id))),
      }));
      if (secrets) await endpoints.set(_id, { secrets }, session);
    });
  }
  return found.length;
}

/** The secrets that sign at this instant, the newest first. */
export function secretsOf(
  { vault }: Pick<WebhookParts, 'vault'>,
  { _id, secrets }: EndpointDocument,
  at: Date,
): string[] {
  return secrets
    .filter(({ validUntil }) => validUntil === null || validUntil > at)
    .map(({ sealed }) => vault.open(sealed, about(_id)));
}
