import { context, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { continueTrace, currentTraceparent } from './trace.ts';

const exporter = new InMemorySpanExporter();
beforeAll(() => new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register());
afterEach(() => exporter.reset());

const span = { name: 'process', kind: 'CONSUMER', attributes: {} } as const;

it('has no trace context outside a traced request', () => {
  expect(currentTraceparent()).toBeUndefined();
});

it('continues the trace in which the event was made, not the one that carries it', async () => {
  const tracer = trace.getTracer('test');
  const request = tracer.startSpan('request');
  const stored = context.with(trace.setSpan(context.active(), request), currentTraceparent);
  const seen = await tracer.startActiveSpan('poll', () =>
    continueTrace(stored, span, async () => currentTraceparent()),
  );
  expect(seen?.split('-')[1]).toBe(request.spanContext().traceId);
  expect(exporter.getFinishedSpans()[0]?.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
});

it('ends its span as failed when the work fails', async () => {
  const failing = continueTrace(undefined, span, () => Promise.reject(new Error('refused')));
  await expect(failing).rejects.toThrow('refused');
  expect(exporter.getFinishedSpans()[0]?.status.code).toBe(2);
});
