import type { Answer } from '@talkoot/api-contracts';
import type { PaymentsApi, WebhookEventType } from '@talkoot/api-contracts/payments';

type Endpoint = Answer<PaymentsApi['routes']['enableWebhook']>;
type Delivery = Answer<PaymentsApi['routes']['listWebhookDeliveries']>['items'][number];

/** `org.talkoot.payout.settled.v1` → `settled`. */
export const stepOf = (type: WebhookEventType): string => type.split('.')[3] ?? type;

/** An endpoint in words: what it takes, and how sending to it goes. */
export function endpointLines(endpoint: Endpoint): string[] {
  const { endpointId, url, types, waiting } = endpoint;
  const replay = endpoint.replayRunning ? ', a replay is running' : '';
  return [
    `${endpointId}  ${stateText(endpoint)}  ${url}`,
    `    takes ${types.map(stepOf).join(', ')}; ${waiting} waiting${replay}`,
  ];
}

const reasons: Readonly<Record<NonNullable<Endpoint['disabled']>['reason'], string>> = {
  gone: 'it answered 410 Gone',
  failing: 'it accepted nothing for three days',
  'by-hand': 'by hand',
};

function stateText({ disabled, failingSince }: Endpoint): string {
  if (disabled) return `disabled ${disabled.at} (${reasons[disabled.reason]})`;
  return failingSince === null ? 'active' : `failing since ${failingSince}`;
}

/** One delivery on one line. */
export function deliveryLine(delivery: Delivery): string {
  const { queuedAt, state, type, obligationId, attempts, eventId, nextAt } = delivery;
  const last = delivery.lastStatus ?? delivery.lastError;
  const parts = [
    queuedAt,
    state.padEnd(9),
    stepOf(type).padEnd(10),
    obligationId,
    `${attempts} attempts`,
    ...(last === null ? [] : [`last ${last}`]),
    ...(nextAt === null || attempts === 0 ? [] : [`next ${nextAt}`]),
    `--event ${eventId}`,
  ];
  return parts.join('  ');
}
