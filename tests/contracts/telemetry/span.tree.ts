import type { TraceLine } from '@talkoot/http-service/telemetry';

/** A span and what it was made in, outwards. */
export class SpanTree {
  readonly #byId: Map<string, TraceLine>;
  readonly spans: readonly TraceLine[];

  constructor(spans: readonly TraceLine[]) {
    this.spans = spans;
    this.#byId = new Map(spans.map((span) => [`${span.traceId}/${span.spanId}`, span]));
  }

  /** From the root to the span itself, each as `service name`; a missing parent ends it with `?`. */
  pathTo(span: TraceLine): string[] {
    const path: string[] = [];
    for (let at: TraceLine | undefined = span; at && path.length < 100;) {
      path.unshift(labelOf(at));
      if (at.parentSpanId === null) return path;
      at = this.#byId.get(`${at.traceId}/${at.parentSpanId}`);
    }
    return ['?', ...path];
  }

  /** Every way from a root to a span of this label. */
  pathsTo(label: string): string[][] {
    return this.spans.filter((span) => labelOf(span) === label).map((span) => this.pathTo(span));
  }
}

export const labelOf = ({ service, name }: TraceLine): string => `${service}: ${name}`;
