import type { Topic } from '@talkoot/event-contracts';
import type { Consumer, Producer } from 'kafkajs';
import type { Connection } from 'mongoose';
import type { Logger } from 'pino';
import { createBell } from './bell.ts';
import type { EventHandlers } from './inbox.ts';
import { defaultLog } from './kafka.ts';
import { busMeters } from './meters.ts';

/** Settings of `startConsumer`. */
export interface ConsumerOptions {
  connection: Connection;
  brokers: readonly string[];
  /** Names the projection this consumer keeps; its inbox is separate from every other group's. */
  groupId: string;
  topics: readonly Topic[];
  handlers: EventHandlers;
  /** Attempts before an event that its handler refuses becomes a dead letter; default 5. */
  attempts?: number;
  /** Milliseconds before the second attempt; doubles each time; default 100. */
  firstBackOff?: number;
  /** Milliseconds after which the broker gives a dead member's partitions to others; default 10,000. */
  sessionTimeout?: number;
  replicationFactor?: number;
  log?: Logger;
}

/** How a consumer is. */
export interface ConsumerHealth {
  ok: boolean;
  state: 'starting' | 'running' | 'reconnecting' | 'stopped';
  groupId: string;
  errorCode: string | null;
  /** Since this process started. */
  counts: { applied: number; duplicates: number; deadLetters: number };
}

/** A consumer before it has joined its group. */
export function newRun(options: ConsumerOptions) {
  const health: ConsumerHealth = {
    ok: false,
    state: 'starting',
    groupId: options.groupId,
    errorCode: null,
    counts: { applied: 0, duplicates: 0, deadLetters: 0 },
  };
  return {
    options,
    health,
    log: options.log ?? defaultLog(),
    meters: busMeters(),
    bell: createBell(),
    stopping: new AbortController(),
    consumer: null as Consumer | null,
    producer: null as Producer | null,
  };
}

/** What belongs to one running consumer. */
export type ConsumerRun = ReturnType<typeof newRun>;
