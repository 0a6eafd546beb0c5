import { within } from '../within.ts';
import type { SpanSink, TracingOptions } from './span-sink.ts';
import { createTraceIdSource, sampledSpanOf, traceparentOf } from './traceparent.ts';
import type { EndedSpan, Tracing } from './types.ts';

/** Spans that wait while the exporter is loaded; more are dropped. */
const MAX_WAITING = 2_048;
/** A collector that does not answer must not hold up the stop of a process. */
const CLOSE_MS = 2_000;

/** The exporter is loaded where traces are on only, and beside the start: it takes longer than the rest of the telemetry. */
export function createTracing(options: TracingOptions): Tracing & { close(): Promise<void> } {
  const { newSpanId } = createTraceIdSource();
  const waiting: EndedSpan[] = [];
  let sink: SpanSink | undefined;
  const loading = import('./otlp-sink.ts').then(({ createOtlpSink }) => {
    sink = createOtlpSink(options);
    for (const span of waiting.splice(0)) sink.add(span);
  });

  function record(span: EndedSpan): void {
    if (sink) sink.add(span);
    else if (waiting.length < MAX_WAITING) waiting.push(span);
  }

  return {
    record,
    start(name, { kind, parent, attributes = {}, startedAt = performance.now() }) {
      const above = sampledSpanOf(parent);
      if (!above) return undefined;
      const own = { traceId: above.traceId, spanId: newSpanId() };
      return {
        traceparent: traceparentOf(own, true),
        end: (more = {}, failure) =>
          record({
            ...{ name, kind, ids: own, parentSpanId: above.spanId, startedAt, failure },
            endedAt: performance.now(),
            attributes: { ...attributes, ...more },
          }),
      };
    },
    async close() {
      await loading;
      await within(sink?.close() ?? Promise.resolve(), CLOSE_MS);
    },
  };
}
