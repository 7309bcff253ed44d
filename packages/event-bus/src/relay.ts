import type { Connection } from 'mongoose';
import type { Logger } from 'pino';
import { createBell, type Bell } from './bell.ts';
import { errorCodeOf } from './bus.errors.ts';
import type { WorkflowDispatcher } from './dispatcher.ts';
import { defaultLog, type KafkaAddress } from './kafka.ts';
import { keepLease } from './lease.keeper.ts';
import { leaseOn, type Lease } from './lease.ts';
import { busMeters } from './meters.ts';
import { outboxRows, prepareOutbox } from './outbox.rows.ts';
import { commandPublisher } from './relay.commands.ts';
import { eventPublisher } from './relay.events.ts';
import { startPump, type Pump } from './relay.pump.ts';

/** Settings of {@link startRelay}. */
export interface RelayOptions extends KafkaAddress {
  connection: Connection;
  /** Without one, workflow commands stay in the outbox. */
  dispatcher?: WorkflowDispatcher;
  /** Milliseconds between looks at the outbox when nothing wakes the relay; default 1,000. */
  pollInterval?: number;
  /** Milliseconds after which a relay that died is replaced; default 6,000. */
  leaseTtl?: number;
  /** Rows in flight at once; default 500. */
  batchSize?: number;
  replicationFactor?: number;
  log?: Logger;
}

/** How a relay is. `standby` is healthy: another process relays this database. */
export interface RelayHealth {
  ok: boolean;
  state: 'starting' | 'active' | 'standby' | 'stopped';
  /** Code of what holds up a channel now. */
  errorCode: string | null;
  /** Aggregates and workflows that are held up on their own. */
  blockedLanes: number;
  lastDeliveryAt: string | null;
}

export interface Relay {
  /** Looks at the outbox now: call it after a transaction with events has committed. */
  wake(): void;
  health(): RelayHealth;
  /** Finishes what is in flight and gives up the lease. */
  stop(): Promise<void>;
}

/**
 * Delivers the outbox: events to Kafka in the order of each aggregate, workflow commands to the
 * dispatcher in the order of each workflow, both at least once. Any number of processes may run one;
 * a lease lets one be active per database. Starts in the background and outlives losses of MongoDB,
 * Kafka and the workflow engine.
 */
export function startRelay(options: RelayOptions): Relay {
  const log = options.log ?? defaultLog();
  const stopping = new AbortController();
  const bells = { keeper: createBell(), pumps: [createBell(), createBell()] };
  const lease = leaseOn(options.connection, 'relay', options.leaseTtl ?? 6_000);
  const wake = () => bells.pumps.forEach((bell) => bell.ring());
  const meters = busMeters();
  const keeper = keepLease({
    lease,
    log,
    ttlMs: options.leaseTtl ?? 6_000,
    bell: bells.keeper,
    signal: stopping.signal,
    holder: 'relay',
    prepare: () => prepareOutbox(options.connection),
    onTaken() {
      meters.leases.add(1);
      wake();
    },
  });
  const pumps = startPumps(options, { lease, log, bells: bells.pumps, signal: stopping.signal });
  const watcher = watchOutbox({ options, wake, signal: stopping.signal });
  return {
    wake,
    health: () => healthOf(pumps, lease, keeper.state(), stopping.signal.aborted),
    async stop() {
      stopping.abort();
      [bells.keeper, ...bells.pumps].forEach((bell) => bell.ring());
      await Promise.all([...pumps.map((pump) => pump.finished), keeper.finished, watcher]);
      await lease.release().catch((error: unknown) => {
        log.warn({ code: errorCodeOf(error) }, "The relay's lease will run out by itself");
      });
    },
  };
}

interface Running {
  lease: Lease;
  log: Logger;
  signal: AbortSignal;
}

function startPumps(options: RelayOptions, running: Running & { bells: Bell[] }): Pump[] {
  const meters = busMeters();
  const publishers = [eventPublisher({ ...options, log: running.log })];
  if (options.dispatcher) publishers.push(commandPublisher(options.dispatcher, running.log));
  return publishers.map((publisher, index) =>
    startPump({
      publisher,
      meters,
      connection: options.connection,
      lease: running.lease,
      log: running.log,
      signal: running.signal,
      bell: running.bells[index] ?? createBell(),
      pollInterval: options.pollInterval ?? 1_000,
      batchSize: options.batchSize ?? 500,
    }),
  );
}

/** New rows ring the bell within milliseconds; when the stream breaks, polling goes on meanwhile. */
async function watchOutbox(watch: { options: RelayOptions; wake: () => void; signal: AbortSignal }) {
  const pause = createBell();
  watch.signal.addEventListener('abort', () => pause.ring());
  while (!watch.signal.aborted) {
    try {
      await watch.options.connection.asPromise();
      await watchUntilBroken(watch);
    } catch {
      // The pump reports a database that is away; here it only means: poll.
    }
    await pause.wait(1_000);
  }
}

async function watchUntilBroken(watch: { options: RelayOptions; wake: () => void; signal: AbortSignal }) {
  const inserts = [{ $match: { operationType: 'insert' } }, { $project: { _id: 1 } }];
  const stream = outboxRows(watch.options.connection).watch(inserts);
  const close = () => void stream.close().catch(() => undefined);
  watch.signal.addEventListener('abort', close, { once: true });
  try {
    for await (const _ of stream) watch.wake();
  } finally {
    watch.signal.removeEventListener('abort', close);
    close();
  }
}

function healthOf(
  pumps: Pump[],
  lease: Lease,
  keeper: { asked: boolean; failing: boolean },
  stopped: boolean,
): RelayHealth {
  const states = pumps.map((pump) => pump.state());
  const errorCode = states.find((state) => state.errorCode)?.errorCode ?? null;
  const deliveries = states.map((state) => state.lastDeliveryAt).filter((at) => at !== null);
  const active = lease.held() ? ('active' as const) : ('standby' as const);
  return {
    ok: !stopped && keeper.asked && !keeper.failing && errorCode === null,
    state: stopped ? 'stopped' : keeper.asked ? active : 'starting',
    errorCode: keeper.failing ? 'lease-not-renewed' : errorCode,
    blockedLanes: states.reduce((sum, state) => sum + state.blockedLanes, 0),
    lastDeliveryAt: deliveries.toSorted().at(-1) ?? null,
  };
}
