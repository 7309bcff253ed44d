import { metrics as meters } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { KafkaJsInstrumentation } from '@opentelemetry/instrumentation-kafkajs';
import { MongoDBInstrumentation } from '@opentelemetry/instrumentation-mongodb';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { core, metrics, NodeSDK, resources, tracing } from '@opentelemetry/sdk-node';
import { exposeMetrics } from './metrics.ts';
import { isSilent } from './silence.ts';
import { SpanScrubber } from './span.scrub.ts';
import { TraceFile } from './trace.file.ts';

export type { TraceLine } from './trace.file.ts';

/** What Temporal's own interceptors need in order to write to the same place. */
export interface Telemetry {
  readonly spanProcessor: tracing.SpanProcessor;
  readonly resource: resources.Resource;
}

let running: (Telemetry & { readonly sdk: NodeSDK }) | undefined;

/**
 * Starts traces and metrics of a process; a second call changes nothing. Instrumentations only see modules that are
 * loaded later: start through `node --import @talkoot/http-service/register`.
 *
 * Spans go to OTEL_EXPORTER_OTLP_ENDPOINT and, as JSON lines, to the file TRACE_FILE. With neither, trace ids are
 * still made and passed on (for the logs) but nothing is recorded.
 */
export function startTelemetry({ service }: { readonly service: string }): Telemetry {
  if (running) return running;
  const sinks = spanSinks();
  const spanProcessor = new ProcessorChain([new SpanScrubber(), ...sinks]);
  const resource = resources.resourceFromAttributes({ 'service.name': service });
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const sdk = new NodeSDK({
    resource,
    autoDetectResources: false,
    sampler: sinks.length > 0 ? new tracing.AlwaysOnSampler() : new tracing.AlwaysOffSampler(),
    spanProcessors: [spanProcessor],
    logRecordProcessors: [],
    metricReaders: [exporter],
    views: [boundedLabels],
    textMapPropagator: new core.W3CTraceContextPropagator(),
    instrumentations: instrumentations(),
  });
  sdk.start();
  exposeMetrics(exporter);
  observeProcess();
  running = { sdk, spanProcessor, resource };
  return running;
}

/** Hands on what is still held and ends telemetry. */
export async function stopTelemetry(): Promise<void> {
  const { sdk } = running ?? {};
  running = undefined;
  await sdk?.shutdown();
}

function spanSinks(): tracing.SpanProcessor[] {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, TRACE_FILE } = process.env;
  return [
    ...(OTEL_EXPORTER_OTLP_ENDPOINT ? [new tracing.BatchSpanProcessor(new OTLPTraceExporter())] : []),
    ...(TRACE_FILE ? [new TraceFile(TRACE_FILE)] : []),
  ];
}

/** Labels that a caller chooses, such as the Host header, would let anyone fill the memory. */
const boundedLabels: metrics.ViewOptions = {
  instrumentName: 'http.*',
  attributesProcessors: [
    metrics.createAllowListAttributesProcessor([
      'http.request.method',
      'http.response.status_code',
      'http.route',
      'error.type',
    ]),
  ],
};

const probes = new Set(['/health', '/ready', '/metrics']);

function instrumentations() {
  return [
    new HttpInstrumentation({
      requireParentforOutgoingSpans: true,
      // What is ignored here runs with tracing suppressed: nothing below it makes a span either.
      ignoreIncomingRequestHook: ({ method, url }) => probes.has(url ?? '') || isSilent(method, url),
    }),
    new ExpressInstrumentation({ ignoreLayersType: [ExpressLayerType.MIDDLEWARE, ExpressLayerType.ROUTER] }),
    // The driver's own housekeeping and polling loops belong to no trace.
    new MongoDBInstrumentation({ requireParentSpan: true, dbStatementSerializer: () => '' }),
    new UndiciInstrumentation({ requireParentforSpans: true }),
    new KafkaJsInstrumentation(),
  ];
}

function observeProcess(): void {
  const meter = meters.getMeter('@talkoot/http-service');
  meter
    .createObservableGauge('process.memory.usage', { unit: 'By', description: 'Resident memory' })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
  meter
    .createObservableCounter('process.cpu.time', { unit: 's', description: 'CPU time used' })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe((user + system) / 1e6);
    });
}

/** Several processors as the one that Temporal's exporter takes. */
class ProcessorChain implements tracing.SpanProcessor {
  private readonly parts: readonly tracing.SpanProcessor[];
  constructor(parts: readonly tracing.SpanProcessor[]) {
    this.parts = parts;
  }
  onStart(...started: Parameters<tracing.SpanProcessor['onStart']>): void {
    for (const part of this.parts) part.onStart(...started);
  }
  onEnd(span: tracing.ReadableSpan): void {
    for (const part of this.parts) part.onEnd(span);
  }
  async forceFlush(): Promise<void> {
    await Promise.all(this.parts.map((part) => part.forceFlush()));
  }
  async shutdown(): Promise<void> {
    await Promise.all(this.parts.map((part) => part.shutdown()));
  }
}
