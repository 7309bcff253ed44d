import { core } from '@opentelemetry/sdk-node';
import type { tracing } from '@opentelemetry/sdk-node';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { appendFileSync } from 'node:fs';

/** One finished span as a line of TRACE_FILE. */
export interface TraceLine {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: string;
  readonly scope: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
}

/** Appends finished spans to a file as JSON lines, so that a test can read whole traces without a collector. */
export class TraceFile implements tracing.SpanProcessor {
  private readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
  onStart(): void {}
  onEnd(span: tracing.ReadableSpan): void {
    appendFileSync(this.path, `${JSON.stringify(lineOf(span))}\n`);
  }
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

function lineOf(span: tracing.ReadableSpan): TraceLine {
  const { traceId, spanId } = span.spanContext();
  return {
    service: String(span.resource.attributes['service.name']),
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? null,
    name: span.name,
    kind: SpanKind[span.kind],
    scope: span.instrumentationScope.name,
    attributes: span.attributes,
    links: span.links.map(({ context }) => ({ traceId: context.traceId, spanId: context.spanId })),
    startMs: core.hrTimeToMilliseconds(span.startTime),
    endMs: core.hrTimeToMilliseconds(span.endTime),
    failed: span.status.code === SpanStatusCode.ERROR,
  };
}
