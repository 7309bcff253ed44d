import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { metrics } from '@opentelemetry/api';
import type { IncomingMessage, ServerResponse } from 'node:http';

let exporter: PrometheusExporter | undefined;

/** Says which exporter answers GET /metrics. */
export function exposeMetrics(one: PrometheusExporter): void {
  exporter = one;
}

/** Answers the metrics of the process as Prometheus text; without telemetry there are none. */
export function answerMetrics(request: IncomingMessage, response: ServerResponse): void {
  if (exporter) {
    exporter.getMetricsRequestHandler(request, response);
    return;
  }
  response.setHeader('Content-Type', 'text/plain; version=0.0.4');
  response.end('# telemetry is off\n');
}

/** Counts a request to a silent route and keeps nothing else of it. */
export function countSilent(): void {
  metrics.getMeter('@talkoot/http-service').createCounter('talkoot_silent_requests').add(1);
}
