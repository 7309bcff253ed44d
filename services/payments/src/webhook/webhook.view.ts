import type { DeliveryDocument } from './delivery.store.ts';
import type { EndpointDocument } from './endpoint.store.ts';
import { webhookIdOf } from './webhook.signature.ts';

export function endpointView(endpoint: EndpointDocument, waiting: number, at: Date) {
  const { _id, url, types, disabled, failingSince, replay, secrets, createdBy, createdAt } = endpoint;
  return {
    endpointId: _id,
    url: withoutValues(url),
    types,
    state: endpoint.state === 'active' ? ('active' as const) : ('disabled' as const),
    disabled: disabled && { reason: disabled.reason, at: disabled.at.toISOString() },
    failingSince: isoOf(failingSince),
    waiting,
    replayRunning: replay !== null,
    secrets: secrets
      .filter(({ validUntil }) => validUntil === null || validUntil > at)
      .map((one) => ({ createdAt: one.createdAt.toISOString(), validUntil: isoOf(one.validUntil) })),
    createdBy,
    createdAt: createdAt.toISOString(),
  };
}

export function deliveryView(delivery: DeliveryDocument) {
  const { eventId, type, obligationId, state, attempts, lastStatus, lastError } = delivery;
  return {
    webhookId: webhookIdOf(eventId),
    eventId,
    type,
    obligationId,
    state,
    attempts,
    lastStatus,
    lastError,
    lastAttemptAt: isoOf(delivery.lastAttemptAt),
    nextAt: state === 'waiting' ? delivery.nextAt.toISOString() : null,
    queuedAt: delivery.queuedAt.toISOString(),
    deliveredAt: isoOf(delivery.deliveredAt),
  };
}

/** A query is where systems without signatures put their passwords. */
function withoutValues(text: string): string {
  const url = new URL(text);
  return url.search === '' ? url.href : `${url.origin}${url.pathname}?…`;
}

const isoOf = (at: Date | null): string | null => at?.toISOString() ?? null;
