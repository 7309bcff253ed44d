import { metrics } from '@opentelemetry/api';

/**
 * Instruments of relay and consumer. Made when they start, not when this file loads:
 * before the telemetry is set up a meter counts nothing, for ever.
 */
export function busMeters() {
  const meter = metrics.getMeter('@talkoot/event-bus');
  return {
    published: meter.createCounter('talkoot_outbox_published', {
      description: 'Outbox rows delivered to Kafka or to the workflow engine',
    }),
    dropped: meter.createCounter('talkoot_outbox_dropped', {
      description: 'Workflow commands that can never be delivered',
    }),
    publishFailures: meter.createCounter('talkoot_outbox_publish_failures', {
      description: 'Failed attempts to deliver outbox rows',
    }),
    outboxDelay: meter.createHistogram('talkoot_outbox_delay', {
      description: 'From append to delivery',
      unit: 's',
    }),
    leases: meter.createCounter('talkoot_relay_leases_taken', {
      description: 'Times this process became the active relay',
    }),
    applied: meter.createCounter('talkoot_consumer_events', {
      description: 'Events taken from Kafka, by outcome',
    }),
    retries: meter.createCounter('talkoot_consumer_retries', {
      description: 'Handler attempts that failed and are tried again',
    }),
    effectDelay: meter.createHistogram('talkoot_consumer_delay', {
      description: "From the event's time to its effect",
      unit: 's',
    }),
  };
}

export type BusMeters = ReturnType<typeof busMeters>;
