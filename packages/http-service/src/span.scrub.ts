import type { tracing } from '@opentelemetry/sdk-node';

/**
 * Attributes that may leave the process. A list of what is allowed, so that an instrumentation that one day adds
 * an address, a query, a statement or a user agent cannot put a person into a trace.
 */
const allowed = [
  /^http\.(request\.method|response\.status_code|route)$/,
  /^(server\.port|error\.type|otel\.|rpc\.|network\.protocol\.)/,
  /^db\.(system|name|namespace|operation|mongodb\.collection|collection\.name)/,
  /^messaging\.(system|operation|destination|kafka\.partition|batch)/,
  /^express\.type$/,
  /^(temporal|talkoot)[._]/,
  /^(workflowId|runId|run_id|workflow_id|activityId|terminate\.reason|update_id)$/,
];

/** Takes out of every finished span what is not known to be free of personal data. Comes first in the chain. */
export class SpanScrubber implements tracing.SpanProcessor {
  onStart(): void {}
  onEnd(span: tracing.ReadableSpan): void {
    scrub(span.attributes);
    // A message of an error may quote what it stumbled over; its type stays.
    if (span.status.message !== undefined) Object.assign(span.status, { message: undefined });
    for (const event of span.events) scrubEvent(event.attributes);
    for (const link of span.links) scrub(link.attributes);
  }
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

function scrub(attributes: Record<string, unknown> | undefined): void {
  for (const key of Object.keys(attributes ?? {})) {
    if (!allowed.some((pattern) => pattern.test(key))) delete attributes![key];
  }
}

function scrubEvent(attributes: Record<string, unknown> | undefined): void {
  for (const key of Object.keys(attributes ?? {})) if (key !== 'exception.type') delete attributes![key];
}
