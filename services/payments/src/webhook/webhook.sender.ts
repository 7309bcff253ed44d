import { metrics } from '@opentelemetry/api';
import { backOff, createBell, errorCodeOf, keepLease, leaseOn } from '@talkoot/event-bus';
import type { Logger } from '@talkoot/http-service';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt } from './webhook.attempt.ts';
import type { Attempted } from './webhook.attempt.ts';
import type { DeliveryDocument } from './delivery.store.ts';
import type { EndpointDocument } from './endpoint.store.ts';
import { replayOn, takeIn } from './webhook.intake.ts';
import { resealSecrets } from './webhook.parts.ts';
import type { WebhookParts } from './webhook.parts.ts';
import { shareAttempts } from './webhook.ts';
import type { Claimant } from './webhook.ts';

export interface WebhookSender {
  /** Lets what is under way end for a while, cuts off the rest, and gives up the lease. */
  stop(): Promise<void>;
}

interface Sending extends WebhookParts {
  readonly log: Logger;
  readonly attempts: ReturnType<typeof attemptsCounter>;
  readonly isActive: () => boolean;
  /** Aborts when no new attempt may begin. */
  readonly stopping: AbortSignal;
  /** Aborts when attempts under way are cut off. */
  readonly cutting: AbortSignal;
  readonly bell: ReturnType<typeof createBell>;
  /** Rises with each look at what is due. */
  turn: number;
  readonly underWay: Map<string, { readonly endpointId: string; readonly ended: Promise<void> }>;
}

/**
 * Sends payout events to the endpoints that asked for them: at least once, and each obligation's in order for as long as
 * none is given up. Any number of processes may run one; a lease lets one of them send.
 */
export function startWebhooks(
  parts: WebhookParts & { readonly log: Logger; readonly leaseTtlMs?: number },
): WebhookSender {
  const [stopping, cutting] = [new AbortController(), new AbortController()];
  const ttlMs = parts.leaseTtlMs ?? 6_000;
  const lease = leaseOn(parts.connection, 'webhooks', ttlMs);
  const bells = { keeper: createBell(), intake: createBell(), dispatch: createBell() };
  const keeper = keepLease({
    lease,
    ttlMs,
    log: parts.log,
    signal: stopping.signal,
    bell: bells.keeper,
    holder: 'sender of webhooks',
    prepare: async () => parts.connection.asPromise(),
    onTaken: () => bells.intake.ring(),
  });
  const sending: Sending = {
    ...parts,
    attempts: attemptsCounter(),
    isActive: () => lease.held() && !stopping.signal.aborted,
    stopping: stopping.signal,
    cutting: cutting.signal,
    bell: bells.dispatch,
    turn: 0,
    underWay: new Map(),
  };
  // A key of the vault is changed by a restart: once is enough.
  let isSealedAnew = false;
  const loops = [
    repeat(sending, bells.intake, async () => {
      isSealedAnew ||= await sealAnew(sending);
      if ((await fillQueue(sending)) > 0) bells.dispatch.ring();
    }),
    repeat(sending, bells.dispatch, () => dispatch(sending)),
  ];
  return {
    async stop() {
      stopping.abort();
      Object.values(bells).forEach((bell) => bell.ring());
      await Promise.all([...loops, keeper.finished]);
      const cut = setTimeout(() => cutting.abort(), parts.policy.graceMs);
      await Promise.all([...sending.underWay.values()].map(({ ended }) => ended));
      clearTimeout(cut);
      await lease.release().catch((error: unknown) => {
        parts.log.warn(
          { code: errorCodeOf(error) },
          'The lease of the sender of webhooks runs out by itself',
        );
      });
    },
  };
}

/** Made when sending starts: before the telemetry is set up a meter counts nothing, for ever. */
const attemptsCounter = () =>
  metrics.getMeter('@talkoot/payments-service').createCounter('talkoot_webhook_attempts', {
    description: 'Attempts to send a payout event to an endpoint, by what followed',
  });

/** Does `step` at each ring and at each look, until stopping; what fails is waited out. */
async function repeat(
  { policy, log, isActive, stopping }: Sending,
  bell: Sending['bell'],
  step: () => Promise<void>,
): Promise<void> {
  let failures = 0;
  while (!stopping.aborted) {
    try {
      if (isActive()) await step();
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures === 1) log.warn({ code: errorCodeOf(error) }, 'Webhooks cannot be sent for now');
    }
    await bell.wait(failures > 0 ? backOff(failures, 100, 5_000) : policy.pollMs);
  }
}

/** @returns whether there is no more to do; a secret that no known key opens must not hold up the others */
async function sealAnew(sending: Sending): Promise<boolean> {
  try {
    return (await resealSecrets(sending)) === 0;
  } catch (error) {
    sending.log.error({ err: error }, 'A secret of a webhook cannot be sealed anew');
    return true;
  }
}

/** Moves all that is new, and a step of each replay at a time, into the queue. @returns how much there was to do */
async function fillQueue(sending: Sending): Promise<number> {
  let done = 0;
  for (let more = true; more && sending.isActive();) {
    const fresh = await takeIn(sending);
    const replayed = await replayOn(sending);
    more = fresh > 0 || replayed;
    done += more ? 1 : 0;
  }
  return done;
}

interface Due {
  readonly endpoint: EndpointDocument;
  readonly deliveries: readonly DeliveryDocument[];
}

/** Begins as many attempts as there is room for. */
async function dispatch(sending: Sending): Promise<void> {
  const due = await dueNow(sending);
  for (const [id, share] of shareAttempts(claimantsOf(sending, due), sending.policy)) {
    const { endpoint, deliveries } = due.get(id)!;
    for (const delivery of deliveries.slice(0, share)) begin(sending, { endpoint, delivery });
  }
}

async function dueNow(sending: Sending): Promise<Map<string, Due>> {
  const { endpoints, policy, underWay, now } = sending;
  const due = new Map<string, Due>();
  const active = await endpoints.active(now());
  // Each time another one is the first, so that nobody is always the last when there is not room for all.
  const first = (sending.turn += 1) % Math.max(active.length, 1);
  for (const endpoint of [...active.slice(first), ...active.slice(0, first)]) {
    const busy = [...underWay].filter(([, one]) => one.endpointId === endpoint._id).map(([id]) => id);
    const deliveries = await sending.deliveries.due(endpoint._id, now(), busy, policy.perEndpoint);
    due.set(endpoint._id, { endpoint, deliveries });
  }
  return due;
}

/** Who has something to send, and who still has something under way. */
function claimantsOf({ underWay }: Sending, due: ReadonlyMap<string, Due>): Claimant[] {
  const running = Map.groupBy(underWay.values(), ({ endpointId }) => endpointId);
  return [...new Set([...due.keys(), ...running.keys()])].map((id) => ({
    id,
    failing: (due.get(id)?.endpoint.failures ?? 1) > 0,
    running: running.get(id)?.length ?? 0,
    due: due.get(id)?.deliveries.length ?? 0,
  }));
}

function begin(
  sending: Sending,
  what: { readonly endpoint: EndpointDocument; readonly delivery: DeliveryDocument },
): void {
  const { underWay, bell, cutting } = sending;
  const { _id, endpointId } = what.delivery;
  if (!sending.isActive()) return;
  const ended = attempt(sending, what, cutting)
    .then((attempted) => attempted && tellOf(sending, what.delivery, attempted))
    .catch(async (error: unknown) => {
      sending.log.warn({ code: errorCodeOf(error), endpointId }, 'What came of a webhook was not recorded');
      // It is sent again; not at once, since what hinders the recording may last.
      await sleep(5_000, undefined, { signal: sending.stopping }).catch(() => undefined);
    })
    .finally(() => {
      underWay.delete(_id);
      bell.ring();
    });
  underWay.set(_id, { endpointId, ended: ended.then(() => undefined) });
}

/** One line for each attempt that failed; neither addresses nor bodies. */
function tellOf(
  sending: Sending,
  delivery: DeliveryDocument,
  { outcome, verdict, attempts }: Attempted,
): void {
  const { log } = sending;
  sending.attempts.add(1, { verdict: verdict.kind });
  const { endpointId, eventId } = delivery;
  const facts = { endpointId, eventId, attempts, ...outcome };
  if (verdict.kind === 'again') log.warn(facts, 'A webhook was not accepted and is tried again');
  if (verdict.kind === 'given-up') log.error(facts, 'A webhook was given up');
  if (verdict.kind === 'disable')
    log.error({ ...facts, reason: verdict.reason }, 'A webhook endpoint was disabled');
}
