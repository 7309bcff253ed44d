import { inTransaction } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import type { DeliveryDocument } from './delivery.store.ts';
import type { EndpointDocument } from './endpoint.store.ts';
import { secretsOf } from './webhook.parts.ts';
import type { WebhookParts } from './webhook.parts.ts';
import { signedHeaders, webhookIdOf } from './webhook.signature.ts';
import { verdictOn } from './webhook.ts';
import type { Outcome, Verdict } from './webhook.ts';

/** How long a delivery that was accepted can be looked up. */
const KEPT_MS = 90 * 24 * 3_600_000;

export interface Attempted {
  readonly outcome: Outcome;
  readonly verdict: Verdict;
  readonly attempts: number;
}

/**
 * Sends one delivery once and records what came of it.
 * @returns null when it was cut short by `signal`, or changed meanwhile: it is as if it had not been tried
 */
export async function attempt(
  parts: WebhookParts,
  { endpoint, delivery }: { readonly endpoint: EndpointDocument; readonly delivery: DeliveryDocument },
  signal: AbortSignal,
): Promise<Attempted | null> {
  const event = await parts.events.find(delivery.eventId);
  if (!event) throw new Error('A delivery names an event that the outbox does not have');
  const startedAt = parts.now();
  const outcome = await postEvent(parts, endpoint, { id: event.id, body: JSON.stringify(event) }, signal);
  if (signal.aborted && 'error' in outcome) return null;
  const done = { outcome, startedAt, random: Math.random() };
  return inTransaction(parts.connection, (session) => record(parts, session, delivery, done));
}

/** Signs and sends. */
export function postEvent(
  parts: WebhookParts,
  endpoint: EndpointDocument,
  event: { readonly id: string; readonly body: string },
  signal: AbortSignal,
  deadlineMs?: number,
): Promise<Outcome> {
  const at = parts.now();
  const message = { webhookId: webhookIdOf(event.id), body: event.body, at };
  const headers = signedHeaders(message, secretsOf(parts, endpoint, at));
  return parts.caller.post(endpoint.url, { headers, body: event.body }, signal, deadlineMs);
}

async function record(
  parts: WebhookParts,
  session: ClientSession,
  delivery: DeliveryDocument,
  { outcome, startedAt, random }: { outcome: Outcome; startedAt: Date; random: number },
): Promise<Attempted | null> {
  const endpoint = await parts.endpoints.read(delivery.endpointId, session);
  if (!endpoint) return null;
  const attempts = delivery.attempts + 1;
  const firstAttemptAt = delivery.firstAttemptAt ?? startedAt;
  const failures = endpoint.failures + 1;
  const failingSince = endpoint.failingSince ?? startedAt;
  const facts = { attempts, firstAttemptAt, failures, failingSince };
  const verdict = verdictOn(outcome, facts, parts.policy, random);
  const now = parts.now();
  const change = {
    ...afterVerdict(verdict, now),
    attempts,
    firstAttemptAt,
    lastAttemptAt: startedAt,
    lastStatus: 'status' in outcome ? outcome.status : null,
    lastError: 'error' in outcome ? outcome.error : null,
  };
  const before = await parts.deliveries.update(delivery, change, session);
  if (!before) return null;
  const ended = verdict.kind === 'delivered' || verdict.kind === 'given-up';
  if (ended && before.next !== null) await parts.deliveries.release(before.next, now, session);
  await recordOnEndpoint(parts, session, { endpoint, verdict, failures, failingSince, now });
  return { outcome, verdict, attempts };
}

function afterVerdict(verdict: Verdict, now: Date): Partial<DeliveryDocument> {
  switch (verdict.kind) {
    case 'delivered':
      return { state: 'delivered', deliveredAt: now, expiresAt: new Date(now.getTime() + KEPT_MS) };
    case 'given-up':
      return { state: 'given-up' };
    case 'again':
      return { nextAt: new Date(now.getTime() + verdict.afterMs) };
    case 'disable':
      // It waits, and begins anew when the endpoint is enabled.
      return {};
  }
}

async function recordOnEndpoint(
  { endpoints }: WebhookParts,
  session: ClientSession,
  facts: {
    readonly endpoint: EndpointDocument;
    readonly verdict: Verdict;
    readonly failures: number;
    readonly failingSince: Date;
    readonly now: Date;
  },
): Promise<void> {
  const { endpoint, verdict, failures, failingSince, now } = facts;
  if (verdict.kind === 'delivered') {
    if (endpoint.failures === 0) return;
    return endpoints.set(endpoint._id, { failures: 0, failingSince: null, restsUntil: null }, session);
  }
  const restsUntil = verdict.kind === 'again' ? new Date(now.getTime() + verdict.restMs) : null;
  const disabled =
    verdict.kind === 'disable' && endpoint.state === 'active'
      ? { state: 'disabled' as const, disabled: { reason: verdict.reason, at: now } }
      : {};
  return endpoints.set(endpoint._id, { failures, failingSince, restsUntil, ...disabled }, session);
}
