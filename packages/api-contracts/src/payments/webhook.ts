import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { IdShape, InstantShape, MunicipalityParams } from '../shapes.ts';
import { moneyReaders } from './capacity.ts';

/** What a finance system may be told: each step of each obligation. */
export const webhookEventTypes = [
  'org.talkoot.payout.due.v1',
  'org.talkoot.payout.approved.v1',
  'org.talkoot.payout.released.v1',
  'org.talkoot.payout.instructed.v1',
  'org.talkoot.payout.settled.v1',
  'org.talkoot.payout.rejected.v1',
  'org.talkoot.payout.returned.v1',
] as const;
export type WebhookEventType = (typeof webhookEventTypes)[number];

/** Why nothing is sent to an endpoint. */
export const webhookDisabledReasons = ['gone', 'failing', 'by-hand'] as const;
export type WebhookDisabledReason = (typeof webhookDisabledReasons)[number];

export const WebhookEndpointShape = z
  .object({
    endpointId: IdShape,
    /** Without the values of its query, which may hold a password. */
    url: z.string(),
    types: z.array(z.enum(webhookEventTypes)),
    state: z.enum(['active', 'disabled']),
    disabled: z.object({ reason: z.enum(webhookDisabledReasons), at: InstantShape }).nullable(),
    /** Since when nothing was accepted; null when the last delivery was. */
    failingSince: InstantShape.nullable(),
    /** Deliveries that are not accepted yet, counted up to 10,000. */
    waiting: z.int(),
    replayRunning: z.boolean(),
    /** The secrets that sign now, the newest first; never their values. */
    secrets: z.array(z.object({ createdAt: InstantShape, validUntil: InstantShape.nullable() })),
    createdBy: IdShape,
    createdAt: InstantShape,
  })
  .meta({ id: 'WebhookEndpoint' });

export const webhookDeliveryStates = ['waiting', 'behind', 'delivered', 'given-up'] as const;

export const WebhookDeliveryShape = z
  .object({
    /** Header `webhook-id`: the same for every attempt, endpoint and replay. */
    webhookId: z.string(),
    eventId: z.string(),
    type: z.enum(webhookEventTypes),
    obligationId: IdShape,
    /** `behind`: an earlier event of the obligation is not accepted yet. */
    state: z.enum(webhookDeliveryStates),
    attempts: z.int(),
    lastStatus: z.int().nullable(),
    /** Why there was no answer: `timeout`, `address-refused`, `connection-closed`, or the code of the system. */
    lastError: z.string().nullable(),
    lastAttemptAt: InstantShape.nullable(),
    /** When it is tried next; null unless it waits. */
    nextAt: InstantShape.nullable(),
    queuedAt: InstantShape,
    deliveredAt: InstantShape.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });

const EndpointParams = MunicipalityParams.extend({ endpointId: IdShape });
const Administrators = { roles: ['finance-clerk'] as const };
/** The secret is there only when this very request made it: a repetition answers null. */
const WithSecret = z.object({ endpoint: WebhookEndpointShape, secret: z.string().nullable() });

export const webhookRoutes = {
  addWebhook: route('POST /v1/m/{municipalityId}/webhooks', {
    summary: 'Register an endpoint that is told of payouts from now on; the answer holds its secret, once',
    access: Administrators,
    params: MunicipalityParams,
    body: z.object({
      url: z.string().max(500),
      types: z.array(z.enum(webhookEventTypes)).min(1).max(20),
    }),
    answer: WithSecret,
    problems: ['webhook-address-refused', 'webhook-limit'],
  }),
  listWebhooks: route('GET /v1/m/{municipalityId}/webhooks', {
    summary: 'Endpoints of the municipality, by id',
    access: { roles: [...moneyReaders] },
    params: MunicipalityParams,
    query: PageQueryShape,
    answer: pageOf(WebhookEndpointShape),
  }),
  rotateWebhookSecret: route('POST /v1/m/{municipalityId}/webhooks/{endpointId}/secrets', {
    summary: 'Make a new secret; the one before signs beside it for the hours of overlap',
    access: Administrators,
    params: EndpointParams,
    body: z.object({ overlapHours: z.int().min(0).max(168).default(24) }),
    answer: WithSecret,
  }),
  enableWebhook: route('POST /v1/m/{municipalityId}/webhooks/{endpointId}/enabled', {
    summary: 'Send again to a disabled endpoint, beginning with what waits',
    access: Administrators,
    params: EndpointParams,
    answer: WebhookEndpointShape,
  }),
  disableWebhook: route('POST /v1/m/{municipalityId}/webhooks/{endpointId}/disabled', {
    summary: 'Send nothing for now; what happens meanwhile waits',
    access: Administrators,
    params: EndpointParams,
    answer: WebhookEndpointShape,
  }),
  removeWebhook: route('POST /v1/m/{municipalityId}/webhooks/{endpointId}/removed', {
    summary: 'Forget an endpoint, its secrets and its deliveries',
    access: Administrators,
    params: EndpointParams,
    answer: z.object({ endpointId: IdShape }),
  }),
  pingWebhook: route('POST /v1/m/{municipalityId}/webhooks/{endpointId}/ping', {
    kind: 'plain',
    summary: 'Send a signed test event at once, also to a disabled endpoint, and tell what came of it',
    access: Administrators,
    params: EndpointParams,
    answer: z.object({
      accepted: z.boolean(),
      status: z.int().nullable(),
      error: z.string().nullable(),
      milliseconds: z.int(),
    }),
  }),
  replayWebhook: route('POST /v1/m/{municipalityId}/webhooks/{endpointId}/replays', {
    summary: 'Send again: one event, or everything since an instant',
    access: Administrators,
    params: EndpointParams,
    body: z.union([
      z.object({ since: InstantShape }).strict(),
      z.object({ eventId: z.string().max(300) }).strict(),
    ]),
    answer: WebhookEndpointShape,
    problems: ['webhook-event-unknown', 'webhook-replay-running'],
  }),
  listWebhookDeliveries: route('GET /v1/m/{municipalityId}/webhooks/{endpointId}/deliveries', {
    summary: 'What was sent to an endpoint and what became of it, the newest first',
    access: { roles: [...moneyReaders] },
    params: EndpointParams,
    query: PageQueryShape.extend({ state: z.enum(webhookDeliveryStates).optional() }),
    answer: pageOf(WebhookDeliveryShape),
  }),
};
