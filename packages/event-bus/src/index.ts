export { backOff, createBell, type Bell } from './bell.ts';
export { BusError, DispatcherUnavailable, errorCodeOf, RetryLater, type BusErrorCode } from './bus.errors.ts';
export { on, startConsumer, type EventConsumer } from './consumer.ts';
export type { ConsumerHealth, ConsumerOptions } from './consumer.run.ts';
export {
  listDeadLetters,
  replayDeadLetters,
  type DeadLetter,
  type DeadLetterFilter,
  type DeadLetterReason,
} from './dead-letters.ts';
export type { Dispatched, WorkflowDispatcher } from './dispatcher.ts';
export type { EventHandler, EventHandlers } from './inbox.ts';
export { kafkaProbe, type KafkaProbe } from './kafka.probe.ts';
export { eventOf, outboxFor, type NewEvent, type Outbox } from './outbox.ts';
export { outboxFollower, type OutboxFollower } from './outbox.follower.ts';
export {
  readEvent,
  readOutbox,
  redispatchWorkflow,
  republishEvents,
  type OutboxPage,
} from './outbox.reader.ts';
export { keepLease } from './lease.keeper.ts';
export { leaseOn, type Lease } from './lease.ts';
export type { PlainSearchAttribute, WorkflowSignal, WorkflowStart } from './outbox.rows.ts';
export { rebuildProjection, type RebuildOptions } from './projection.ts';
export { startRelay, type Relay, type RelayHealth, type RelayOptions } from './relay.ts';
export { deadLetterTopic, ensureTopics } from './topics.ts';
