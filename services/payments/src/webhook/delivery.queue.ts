import type { WebhookEventType } from '@talkoot/api-contracts/payments';
import type { EventEnvelope } from '@talkoot/event-contracts';
import type { DeliveryDocument } from './delivery.store.ts';

/** What is to be written so that events are sent. */
export interface Queued {
  readonly documents: readonly DeliveryDocument[];
  /** Deliveries that were the last of their obligation, and what comes after them now. */
  readonly links: ReadonlyMap<string, string>;
}

/** What an endpoint has to do with these events so far. */
export interface Before {
  readonly endpointId: string;
  readonly types: readonly string[];
  readonly present: readonly DeliveryDocument[];
  /** The last unfinished delivery of each obligation. */
  readonly tails: readonly DeliveryDocument[];
  /** Finished deliveries queued before this instant are made again; none without it. */
  readonly againBefore: Date | null;
}

export const deliveryIdOf = (endpointId: string, eventId: string): string => `${endpointId}/${eventId}`;

/**
 * Queues events for an endpoint: each behind the last unfinished one of its obligation, so that one obligation's events go
 * one after another, and obligations do not wait for each other.
 *
 * @param events each obligation's in its order
 */
export function queued(events: readonly EventEnvelope[], before: Before, now: Date): Queued {
  const present = new Map(before.present.map((one) => [one._id, one]));
  const last = new Map(before.tails.map((one) => [one.obligationId, one._id]));
  const documents = new Map<string, DeliveryDocument>();
  const links = new Map<string, string>();
  for (const event of events) {
    const _id = deliveryIdOf(before.endpointId, event.id);
    if (!before.types.includes(event.type) || !wanted(present.get(_id), before.againBefore)) continue;
    const ahead = last.get(event.subject);
    if (ahead !== undefined) linkTo(ahead, _id);
    documents.set(_id, newDelivery(before.endpointId, event, ahead === undefined, now));
    last.set(event.subject, _id);
  }
  return { documents: [...documents.values()], links };

  function linkTo(ahead: string, next: string): void {
    const own = documents.get(ahead);
    if (own) own.next = next;
    else links.set(ahead, next);
  }
}

function wanted(present: DeliveryDocument | undefined, againBefore: Date | null): boolean {
  if (!present) return true;
  const finished = present.state === 'delivered' || present.state === 'given-up';
  return finished && againBefore !== null && present.queuedAt < againBefore;
}

function newDelivery(endpointId: string, event: EventEnvelope, first: boolean, now: Date): DeliveryDocument {
  return {
    _id: deliveryIdOf(endpointId, event.id),
    endpointId,
    eventId: event.id,
    type: event.type as WebhookEventType,
    obligationId: event.subject,
    state: first ? 'waiting' : 'behind',
    next: null,
    attempts: 0,
    firstAttemptAt: null,
    lastAttemptAt: null,
    nextAt: now,
    lastStatus: null,
    lastError: null,
    queuedAt: now,
    deliveredAt: null,
    expiresAt: null,
  };
}
