import { webhookEventTypes } from '@talkoot/api-contracts/payments';
import type { EventEnvelope } from '@talkoot/event-contracts';
import { inTransaction } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import { deliveryIdOf, queued } from './delivery.queue.ts';
import type { EndpointDocument } from './endpoint.store.ts';
import type { WebhookParts } from './webhook.parts.ts';

const PAGE = 200;
const types: ReadonlySet<string> = new Set(webhookEventTypes);

/** Queues new events for every endpoint that takes them. @returns how many events were looked at; 0 at the end */
export async function takeIn(parts: WebhookParts): Promise<number> {
  const { follower } = parts.events;
  const events = await follower.pending(PAGE);
  if (events.length === 0) return 0;
  const ids = events.map(({ id }) => id);
  const payouts = Map.groupBy(
    events.filter(({ type }) => types.has(type)),
    ({ municipalityid }) => municipalityid,
  );
  await inTransaction(parts.connection, async (session) => {
    await follower.taken(session, ids);
    if (payouts.size === 0) return;
    for (const endpoint of await parts.endpoints.ofMunicipalities([...payouts.keys()], session)) {
      await queueFor(parts, session, { endpoint, events: payouts.get(endpoint.municipalityId)! });
    }
  });
  return events.length;
}

/** Takes one step of a replay that was asked for. @returns false when there is none */
export async function replayOn(parts: WebhookParts): Promise<boolean> {
  const endpoint = await parts.endpoints.withReplay();
  if (!endpoint?.replay) return false;
  const { replay } = endpoint;
  const { events, lastId } = await pageOf(parts, replay);
  const own = events.filter(({ municipalityid }) => municipalityid === endpoint.municipalityId);
  const rest = lastId === null ? null : { ...replay, afterId: lastId };
  await inTransaction(parts.connection, async (session) => {
    await queueFor(parts, session, { endpoint, events: own, againBefore: replay.askedAt });
    await parts.endpoints.set(endpoint._id, { replay: rest }, session);
  });
  return true;
}

async function pageOf({ events }: WebhookParts, replay: NonNullable<EndpointDocument['replay']>) {
  if (replay.eventId === null) {
    const from = { since: replay.since ?? undefined, afterId: replay.afterId ?? undefined };
    return events.page({ ...from, limit: PAGE });
  }
  const event = await events.find(replay.eventId);
  return { events: event ? [event] : [], lastId: null };
}

async function queueFor(
  { deliveries, now }: WebhookParts,
  session: ClientSession,
  queue: {
    readonly endpoint: EndpointDocument;
    readonly events: readonly EventEnvelope[];
    readonly againBefore?: Date;
  },
): Promise<void> {
  const { endpoint, events, againBefore = null } = queue;
  const endpointId = endpoint._id;
  const ids = events.map(({ id }) => deliveryIdOf(endpointId, id));
  const subjects = [...new Set(events.map(({ subject }) => subject))];
  const present = await deliveries.findMany(ids, session);
  const tails = await deliveries.tails(endpointId, subjects, session);
  const before = { endpointId, types: endpoint.types, present, tails, againBefore };
  await deliveries.queue(queued(events, before, now()), session);
}
