import type { WorkflowDispatcher } from '@talkoot/event-bus';
import type { EventEnvelope } from '@talkoot/event-contracts';
import { commandPublisher } from '../../../packages/event-bus/src/relay.commands.ts';
import { deliverBatch } from '../../../packages/event-bus/src/relay.pump.ts';
import type { Publisher } from '../../../packages/event-bus/src/relay.pump.ts';
import { busMeters } from '../../../packages/event-bus/src/meters.ts';
import { applyTogether, prepareInbox, readMessage } from '../../../packages/event-bus/src/inbox.ts';
import type { EventHandlers } from '../../../packages/event-bus/src/inbox.ts';
import type { EventRow } from '../../../packages/event-bus/src/outbox.rows.ts';
import type { Connection } from 'mongoose';
import type { MemoryDatabase } from '../database/memory.database.ts';
import { ConnectionLost, Crashed } from '../world/world.ts';
import type { Process, World } from '../world/world.ts';
import type { Instance } from './service.ts';

/** A topic of the broker: what it has taken it keeps, in the order in which it came. */
export class Topic {
  readonly messages: Message[] = [];

  take(envelopes: readonly EventEnvelope[]): void {
    this.messages.push(...envelopes.map((one) => ({ id: one.id, value: JSON.stringify(one) })));
  }
}

export interface Message {
  /** Id of the event. */
  readonly id: string;
  readonly value: string;
}

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, fatal() {} } as never;

/** Relays the outbox of one instance: the real pump on a fake broker and engine. */
export function relay(
  world: World,
  { process, connection }: Instance,
  to: { readonly topic: Topic; readonly engine: WorkflowDispatcher; readonly database: MemoryDatabase },
): void {
  const publishers = [eventsTo(world, process, to.topic), commandsTo(world, process, to.engine)];
  for (const publisher of publishers) {
    world.spawn(`relay of ${publisher.channel}s by ${process.name}`, async () => {
      const blocked = new Map<string, { failures: number; until: number }>();
      for (;;) {
        await world.until(process, `${publisher.channel} rows`, () =>
          isWaiting(to.database, publisher.channel),
        );
        await world.sleep(process, world.random.between(1, 5_000));
        try {
          await deliverBatch({ ...settings, publisher, connection }, blocked);
        } catch (error) {
          if (!(error instanceof ConnectionLost)) throw error;
        }
      }
    });
  }
}

const settings = {
  lease: { held: () => true, take: async () => true, release: async () => undefined },
  meters: busMeters(),
  log: silent,
  batchSize: 20,
};

const isWaiting = (database: MemoryDatabase, channel: string) =>
  database
    .collection('outbox')
    .committed()
    .some((row) => row['channel'] === channel && row['publishedAt'] === null);

/** A broker that takes some and says nothing, or takes all and its answer is lost. */
function eventsTo(world: World, process: Process, topic: Topic): Publisher {
  return {
    channel: 'event',
    publish: (rows) =>
      world.perform(process, `sends ${rows.length} events`, () => {
        const envelopes = (rows as EventRow[]).map(({ envelope }) => envelope);
        const isLost = world.random.chance(world.faults.loss);
        topic.take(isLost ? envelopes.slice(0, world.random.between(0, envelopes.length)) : envelopes);
        if (isLost) throw new ConnectionLost('broker');
        return { done: envelopes.map(({ id }) => id), dropped: [], failed: [] };
      }),
    close: async () => undefined,
  };
}

/** The engine takes a command and the answer may be lost, so that it comes again. */
function commandsTo(world: World, process: Process, engine: WorkflowDispatcher): Publisher {
  const told = async <T>(what: string, tell: () => Promise<T>): Promise<T> => {
    await world.perform(process, `tells ${what}`, () => {
      if (world.random.chance(world.faults.loss)) throw new ConnectionLost('engine');
    });
    const answer = await tell();
    await world.perform(process, `told ${what}`, () => {
      if (world.random.chance(world.faults.loss)) throw new ConnectionLost('engine');
    });
    return answer;
  };
  const publisher = commandPublisher(
    {
      start: (start) => told(`start of ${start.workflowId}`, () => engine.start(start)),
      signal: (signal) => told(`${signal.signal} to ${signal.workflowId}`, () => engine.signal(signal)),
    },
    silent,
  );
  return {
    ...publisher,
    publish: async (rows) => {
      const delivery = await publisher.publish(rows);
      if (!process.alive) throw new Crashed(process.name);
      return delivery;
    },
  };
}

export interface Consumer {
  readonly topic: Topic;
  readonly group: string;
  readonly handlers: EventHandlers;
  /** Messages of which the broker knows that they were taken in. */
  offset: number;
}

/** Takes messages in with the real inbox: from the broker's offset on, which may lag behind what was applied. */
export function consume(world: World, process: Process, connection: Connection, consumer: Consumer): void {
  const { topic, group, handlers } = consumer;
  world.spawn(`consumer ${group}`, async () => {
    await prepareInbox(connection);
    let next = consumer.offset;
    for (;;) {
      await world.until(process, 'messages', () => topic.messages.length > next);
      const until = Math.min(topic.messages.length, next + world.random.between(1, 5));
      const read = topic.messages.slice(next, until).map(({ value }) => readMessage(value, handlers));
      const applications = read.flatMap((one) => (one.kind === 'event' ? [one] : []));
      await applyTogether(connection, group, applications);
      next = until;
      while (consumer.offset < next) {
        await world.perform(process, `commits offset ${next}`, () => {
          if (!world.random.chance(world.faults.loss)) consumer.offset = next;
        });
      }
    }
  });
}
