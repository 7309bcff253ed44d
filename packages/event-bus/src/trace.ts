import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
} from '@opentelemetry/api';

const TRACER = '@talkoot/event-bus';

/** W3C trace context of the running request, if it is traced. */
export function currentTraceparent(): string | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier['traceparent'];
}

/**
 * Runs `work` in a span that continues the trace in which the row or event was made.
 * The stored trace context is used, not the transport's: batches mix traces.
 */
export async function continueTrace<T>(
  traceparent: string | undefined,
  span: { name: string; kind: keyof typeof SpanKind; attributes: Attributes },
  work: () => Promise<T>,
): Promise<T> {
  const parent = traceparent ? propagation.extract(ROOT_CONTEXT, { traceparent }) : context.active();
  const options = { kind: SpanKind[span.kind], attributes: span.attributes };
  return trace.getTracer(TRACER).startActiveSpan(span.name, options, parent, async (active) => {
    try {
      return await work();
    } catch (error) {
      active.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      active.end();
    }
  });
}
