import type { Admin } from 'kafkajs';
import type { Logger } from 'pino';
import { defaultLog, kafkaClient, type KafkaAddress } from './kafka.ts';

/** Tells whether Kafka answers. */
export interface KafkaProbe {
  /** Rejects when it does not; takes as long as Kafka takes, so give it a deadline. */
  check(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A readiness check with a connection of its own: a relay that has nothing to deliver would not notice that Kafka
 * is gone.
 */
export function kafkaProbe(options: KafkaAddress & { log?: Logger }): KafkaProbe {
  const log = options.log ?? defaultLog();
  let admin: Admin | null = null;
  let asking: Promise<void> | null = null;
  const stop = async () => {
    const closing = admin;
    admin = null;
    await closing?.disconnect().catch(() => undefined);
  };
  const ask = async () => {
    try {
      admin ??= kafkaClient({ ...options, clientId: `${options.clientId}-probe` }, log).admin();
      // Connecting a connected client does nothing.
      await admin.connect();
      await admin.describeCluster();
    } catch (error) {
      await stop();
      throw error;
    }
  };
  return {
    check() {
      asking ??= ask().finally(() => {
        asking = null;
      });
      return asking;
    },
    stop,
  };
}
