import { isSpanContextValid, trace } from '@opentelemetry/api';
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

export type { Logger } from 'pino';

const secrets = ['authorization', 'token', 'password', 'secret', 'cookie', 'certificate'];

/** Structured log of a process: JSON lines on stdout with the ids of the active trace. */
export function createLog(service: string, level = 'info', destination?: DestinationStream): Logger {
  const options = {
    level,
    base: { service },
    mixin: traceIds,
    messageKey: 'message',
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
    serializers: { err: describeError, error: describeError },
  };
  return destination ? pino(options, destination) : pino(options);
}

function traceIds(): Record<string, string> {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

export interface ErrorDescription {
  readonly type: string;
  readonly code: unknown;
  readonly message: string;
  readonly stack: string[];
  readonly cause?: ErrorDescription;
}

/**
 * An error for the log, without the values that drivers quote in their messages: a duplicate-key error of MongoDB
 * names the key, which may be personal data.
 */
export function describeError(error: unknown, depth = 0): ErrorDescription {
  if (!(error instanceof Error)) {
    return {
      type: typeof error,
      code: undefined,
      message: 'Something that is no Error was thrown',
      stack: [],
    };
  }
  const stack = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    code: (error as { code?: unknown }).code,
    message: error.message.replace(/ dup key: .*$/s, ' dup key'),
    stack: stack.slice(0, 20).map((line) => line.trim()),
    ...(error.cause !== undefined && depth < 5 ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}
