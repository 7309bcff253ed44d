import './kafka.guard.ts';
import { Kafka, logLevel } from 'kafkajs';
import { pino, type Logger } from 'pino';

/** Where Kafka is. */
export interface KafkaAddress {
  brokers: readonly string[];
  clientId: string;
}

/** A Kafka client that keeps trying for seconds, not minutes: callers have their own endless loop. */
export function kafkaClient(address: KafkaAddress, log: Logger): Kafka {
  return new Kafka({
    brokers: [...address.brokers],
    clientId: address.clientId,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry: { initialRetryTime: 100, retries: 5, maxRetryTime: 2_000 },
    logLevel: logLevel.WARN,
    // Lost brokers are reported once by the loop that waits for them, not at each of kafkajs's attempts.
    logCreator: () => (entry) => log.debug({ kafka: entry.namespace }, entry.log.message),
  });
}

/** The log of the bus when the caller brings none. */
export const defaultLog = (): Logger => pino({ name: 'event-bus' });
