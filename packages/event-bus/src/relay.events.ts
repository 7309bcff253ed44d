import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import kafkajs, { type Producer, type TopicMessages } from 'kafkajs';
import type { Logger } from 'pino';
import { kafkaClient, type KafkaAddress } from './kafka.ts';
import type { EventRow } from './outbox.rows.ts';
import type { Publisher } from './relay.pump.ts';
import { ensureTopics } from './topics.ts';

type EventPublisherOptions = KafkaAddress & { log: Logger; replicationFactor?: number };

/**
 * Publishes events with an idempotent producer. After any failure the producer is replaced: its
 * sequence numbers may no longer be the broker's. What was half sent is sent again, in order, and
 * consumers know repeats by the event id.
 */
export function eventPublisher(options: EventPublisherOptions): Publisher {
  let producer: Producer | null = null;
  const close = async () => {
    const closing = producer;
    producer = null;
    await closing?.disconnect().catch(() => undefined);
  };
  return {
    channel: 'event',
    async publish(rows: EventRow[]) {
      try {
        producer ??= await connectedProducer(options);
        await sendUntraced(producer, byTopic(rows));
      } catch (error) {
        await close();
        throw error;
      }
      return { done: rows.map(({ envelope }) => envelope.id), dropped: [], failed: [] };
    },
    close,
  };
}

/** A batch mixes traces: the instrumentation of kafkajs would put a trace of its own into every header. */
function sendUntraced(producer: Producer, topicMessages: TopicMessages[]) {
  return context.with(suppressTracing(context.active()), () =>
    producer.sendBatch({ acks: -1, topicMessages }),
  );
}

async function connectedProducer(options: EventPublisherOptions): Promise<Producer> {
  const { brokers, clientId, log, replicationFactor } = options;
  await ensureTopics(brokers, { clientId, log, ...(replicationFactor && { replicationFactor }) });
  const producer = kafkaClient(options, log).producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    retry: { initialRetryTime: 100, retries: 3, maxRetryTime: 1_000 },
  });
  await producer.connect();
  return producer;
}

function byTopic(rows: EventRow[]): TopicMessages[] {
  return [...Map.groupBy(rows, (row) => row.topic)].map(([topic, ofTopic]) => ({
    topic,
    messages: ofTopic.map((row) => ({
      key: row.key,
      value: JSON.stringify(row.envelope),
      headers: {
        'content-type': 'application/cloudevents+json; charset=UTF-8',
        ...(row.traceparent && { traceparent: row.traceparent }),
      },
    })),
  }));
}
