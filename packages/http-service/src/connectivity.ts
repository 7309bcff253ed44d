import { ApiProblem } from '@talkoot/api-contracts';

const names = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoServerClosedError',
  'MongoStalePrimaryError',
  'MongoExpiredSessionError',
  'MongoPoolClosedError',
  'MongoPoolClearedError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
  'MongoClientClosedError',
  'KafkaJSConnectionError',
  'KafkaJSNumberOfRetriesExceeded',
  'KafkaJSRequestTimeoutError',
  'ServiceUnreachable',
]);
const systemCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
/**
 * MongoDB's retryable reads and writes: unreachable, shutting down, stepping down, not primary, interrupted, exceeded
 * time. After a restart: not initialised, no majority and no cluster keys yet; transactions that it does not know any
 * more (too old, no such, committed) or whose snapshot is gone.
 */
const mongoCodes = new Set([
  6, 7, 50, 89, 91, 94, 112, 134, 189, 211, 225, 246, 251, 256, 262, 9_001, 10_107, 11_600, 11_602, 13_435,
  13_436,
]);
const mongoLabels = ['TransientTransactionError', 'UnknownTransactionCommitResult', 'RetryableWriteError'];
/** gRPC: deadline exceeded, resource exhausted, unavailable. */
const grpcCodes = new Set([4, 8, 14]);

interface Seen {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly details?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly errorResponse?: unknown;
  readonly errorLabels?: unknown;
  readonly errorLabelSet?: unknown;
}

/** True when a part we need (MongoDB, Temporal, Kafka, another service) does not answer: the caller may try again. */
export function isConnectivityError(error: unknown): boolean {
  let seen = error as Seen | null | undefined;
  for (let depth = 0; seen && typeof seen === 'object' && depth < 6; depth += 1) {
    if (isUnreachable(seen)) return true;
    // A bulk write whose connection broke has that error there, and often none of its labels.
    seen = (seen.cause ?? seen.errorResponse) as Seen | undefined;
  }
  return false;
}

function isUnreachable(error: Seen): boolean {
  if (error instanceof ApiProblem) return error.status === 503;
  const { name, code } = error;
  if (typeof name === 'string' && names.has(name)) return true;
  if (typeof code === 'string' && systemCodes.has(code)) return true;
  if (hasLabel(error)) return true;
  if (typeof name === 'string' && name.startsWith('Mongo') && typeof code === 'number')
    return mongoCodes.has(code);
  if (name === 'MongooseError')
    return /before initial connection|buffering timed out/.test(String(error.message));
  return typeof code === 'number' && typeof error.details === 'string' && grpcCodes.has(code);
}

function hasLabel(error: Seen): boolean {
  const { errorLabelSet } = error;
  return errorLabelSet instanceof Set && mongoLabels.some((label) => errorLabelSet.has(label));
}
