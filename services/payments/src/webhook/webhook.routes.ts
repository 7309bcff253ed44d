import { decodeCursor, DomainError, idFrom, once, pageFrom } from '@talkoot/http-service';
import type { Call } from '@talkoot/http-service';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { ClientSession } from 'mongoose';
import type { Payments, Routes } from '../context.ts';
import type { EndpointDocument } from './endpoint.store.ts';
import { postEvent } from './webhook.attempt.ts';
import { sealSecret } from './webhook.parts.ts';
import type { WebhookParts } from './webhook.parts.ts';
import { newSecret } from './webhook.signature.ts';
import { accepted } from './webhook.ts';
import { deliveryView, endpointView } from './webhook.view.ts';

/** Endpoints that a municipality may have. */
const MOST_ENDPOINTS = 10;
const HOUR = 3_600_000;
/** Less than a request may take. */
const PING_MS = 10_000;

type WebhookRoutes = Routes<
  | 'addWebhook'
  | 'listWebhooks'
  | 'rotateWebhookSecret'
  | 'enableWebhook'
  | 'disableWebhook'
  | 'removeWebhook'
  | 'pingWebhook'
  | 'replayWebhook'
  | 'listWebhookDeliveries'
>;
interface EndpointCall extends Pick<Call, 'operationId' | 'bodyHash'> {
  readonly params: { readonly municipalityId: string; readonly endpointId: string };
}

export function webhookRoutes({ webhooks }: Pick<Payments, 'webhooks'>): WebhookRoutes {
  const desk = deskOf(webhooks);
  return { ...lists(desk), ...secrets(desk), ...life(desk), ...sending(desk) };
}

/** What the routes of one endpoint have in common. */
function deskOf(webhooks: WebhookParts) {
  const { connection, endpoints, deliveries, now } = webhooks;
  const viewOf = async (endpoint: EndpointDocument) =>
    endpointView(endpoint, await deliveries.countUnfinished(endpoint._id), now());
  const requireEndpoint = async (
    { municipalityId, endpointId }: EndpointCall['params'],
    session?: ClientSession,
  ) => {
    const found = await endpoints.find(municipalityId, endpointId, session);
    if (!found) throw new DomainError('not-found');
    return found;
  };
  return {
    ...webhooks,
    viewOf,
    requireEndpoint,
    /** Changes an endpoint once for each Idempotency-Key, and tells how it is then. */
    async change(
      call: EndpointCall,
      changeOf: (endpoint: EndpointDocument, session: ClientSession) => Promise<Partial<EndpointDocument>>,
    ) {
      await once(connection, call, async (session) => {
        const endpoint = await requireEndpoint(call.params, session);
        await endpoints.set(endpoint._id, await changeOf(endpoint, session), session);
        return {};
      });
      return viewOf(await requireEndpoint(call.params));
    },
  };
}
type Desk = ReturnType<typeof deskOf>;

function lists(desk: Desk): Pick<WebhookRoutes, 'listWebhooks' | 'listWebhookDeliveries'> {
  return {
    async listWebhooks({ params, query }) {
      const after = decodeCursor(query.after, z.string());
      const rows = await desk.endpoints.list(params.municipalityId, after, query.limit + 1);
      const page = pageFrom(rows, query.limit, ({ _id }) => _id);
      return { body: { items: await Promise.all(page.items.map(desk.viewOf)), next: page.next } };
    },
    async listWebhookDeliveries({ params, query }) {
      const { _id } = await desk.requireEndpoint(params);
      const after = decodeCursor(query.after, z.tuple([z.iso.datetime(), z.string()]));
      const filter = { endpointId: _id, state: query.state };
      const rows = await desk.deliveries.list(filter, after, query.limit + 1);
      const page = pageFrom(rows, query.limit, (row) => [row.queuedAt.toISOString(), row._id]);
      return { body: { items: page.items.map(deliveryView), next: page.next } };
    },
  };
}

/** What makes a secret tells it, unless the request is a repetition: what is stored is sealed. */
function secrets(desk: Desk): Pick<WebhookRoutes, 'addWebhook' | 'rotateWebhookSecret'> {
  const sealed = (endpointId: string, secret: string, createdAt: Date) => ({
    sealed: sealSecret(desk, endpointId, secret),
    createdAt,
    validUntil: null,
  });
  return {
    async addWebhook(call) {
      const { municipalityId } = call.params;
      await desk.caller.check(call.body.url);
      const endpointId = idFrom(call.operationId, 'whk');
      let secret: string | null = null;
      await once(desk.connection, call, async (session) => {
        if ((await desk.endpoints.countToAdd(municipalityId, session)) >= MOST_ENDPOINTS)
          throw new DomainError('webhook-limit');
        secret = newSecret();
        const createdAt = desk.now();
        const endpoint = {
          ...newEndpoint,
          _id: endpointId,
          municipalityId,
          url: call.body.url,
          types: [...new Set(call.body.types)],
          secrets: [sealed(endpointId, secret, createdAt)],
          createdBy: call.person.id,
          createdAt,
        };
        await desk.endpoints.insert(endpoint, session);
        return {};
      });
      const endpoint = await desk.requireEndpoint({ municipalityId, endpointId });
      return { body: { endpoint: await desk.viewOf(endpoint), secret } };
    },
    async rotateWebhookSecret(call) {
      let secret: string | null = null;
      const endpoint = await desk.change(call, async (before) => {
        const at = desk.now();
        secret = newSecret();
        const validUntil = new Date(at.getTime() + call.body.overlapHours * HOUR);
        const older = before.secrets.slice(0, 1).map((one) => ({ ...one, validUntil }));
        return { secrets: [sealed(before._id, secret, at), ...older] };
      });
      return { body: { endpoint, secret } };
    },
  };
}

function life(desk: Desk): Pick<WebhookRoutes, 'enableWebhook' | 'disableWebhook' | 'removeWebhook'> {
  return {
    async enableWebhook(call) {
      const body = await desk.change(call, async ({ _id }, session) => {
        await desk.deliveries.startOver(_id, desk.now(), session);
        return { state: 'active', disabled: null, failures: 0, failingSince: null, restsUntil: null };
      });
      return { body };
    },
    async disableWebhook(call) {
      const body = await desk.change(call, async ({ state, disabled }) => ({
        state: 'disabled',
        disabled: state === 'disabled' ? disabled : { reason: 'by-hand', at: desk.now() },
      }));
      return { body };
    },
    async removeWebhook(call) {
      const { endpointId } = call.params;
      const removed = { by: call.person.id, at: desk.now() };
      await once(desk.connection, call, async (session) => {
        await desk.requireEndpoint(call.params, session);
        await desk.endpoints.set(
          endpointId,
          { state: 'removed', removed, secrets: [], replay: null },
          session,
        );
        await desk.deliveries.forget(endpointId, session);
        return {};
      });
      return { body: { endpointId } };
    },
  };
}

function sending(desk: Desk): Pick<WebhookRoutes, 'pingWebhook' | 'replayWebhook'> {
  return {
    async pingWebhook(call) {
      const endpoint = await desk.requireEndpoint(call.params);
      const began = performance.now();
      const outcome = await postEvent(desk, endpoint, pingOf(endpoint, desk.now()), call.signal, PING_MS);
      return {
        body: {
          accepted: accepted(outcome),
          status: 'status' in outcome ? outcome.status : null,
          error: 'error' in outcome ? outcome.error : null,
          milliseconds: Math.round(performance.now() - began),
        },
      };
    },
    async replayWebhook(call) {
      const eventId = 'eventId' in call.body ? call.body.eventId : null;
      const since = 'since' in call.body ? new Date(call.body.since) : null;
      const event = eventId === null ? null : await desk.events.find(eventId);
      const body = await desk.change(call, async ({ municipalityId, types, replay }) => {
        const takes = event?.municipalityid === municipalityId && types.some((type) => type === event.type);
        if (eventId !== null && !takes) throw new DomainError('webhook-event-unknown');
        if (replay !== null) throw new DomainError('webhook-replay-running');
        return { replay: { since, eventId, askedAt: desk.now(), afterId: null } };
      });
      return { body };
    },
  };
}

const newEndpoint = {
  state: 'active',
  disabled: null,
  failures: 0,
  failingSince: null,
  restsUntil: null,
  replay: null,
  removed: null,
} as const;

/** A test event: of no obligation, and under an id of its own each time. */
function pingOf({ _id, municipalityId }: EndpointDocument, at: Date) {
  const id = `webhook/${_id}/${randomUUID()}`;
  const type = 'org.talkoot.webhook.ping.v1';
  const time = at.toISOString();
  const envelope = { specversion: '1.0', id, source: '/services/payments', type, subject: _id, time };
  const rest = { datacontenttype: 'application/json', municipalityid: municipalityId, data: {} };
  return { id, body: JSON.stringify({ ...envelope, ...rest }) };
}
