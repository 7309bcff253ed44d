import { outboxFollower, readEvent, readOutbox } from '@talkoot/event-bus';
import type { Connection } from 'mongoose';
import type { Vault } from '../payee/vault.ts';
import { deliveryStore, prepareDeliveries } from './delivery.store.ts';
import { endpointStore, prepareEndpoints } from './endpoint.store.ts';
import type { WebhookCaller } from './webhook.call.ts';
import type { WebhookParts } from './webhook.parts.ts';
import type { WebhookPolicy } from './webhook.ts';

const follower = (connection: Connection) => outboxFollower(connection, 'webhooks');

export async function prepareWebhooks(connection: Connection): Promise<void> {
  await prepareEndpoints(connection);
  await prepareDeliveries(connection);
  await follower(connection).prepare();
}

/** Everything by which finance systems are told of payouts, on the database of this service. */
export function webhooksOf(parts: {
  readonly connection: Connection;
  readonly vault: Vault;
  readonly caller: WebhookCaller;
  readonly policy: WebhookPolicy;
  readonly now: () => Date;
}): WebhookParts {
  const { connection } = parts;
  return {
    ...parts,
    endpoints: endpointStore(connection),
    deliveries: deliveryStore(connection),
    events: {
      follower: follower(connection),
      find: (eventId) => readEvent(connection, eventId),
      page: (from) => readOutbox(connection, from),
    },
  };
}
