import { type HrTime, type SpanContext, SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { SpanSink, TracingOptions } from './span-sink.ts';
import type { EndedSpan, SpanIds } from './types.ts';

/** Exports spans with OTLP over HTTP. Spans that the collector does not take in time are dropped. */
export function createOtlpSink({ config, service, instance, exports }: TracingOptions): SpanSink {
  const resource = resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance });
  const exporter = new OTLPTraceExporter({ url: config.endpoint });
  const processor = new BatchSpanProcessor(reporting(exporter, exports));
  return {
    add: (span) => processor.onEnd(readableSpan(span, resource)),
    close: () => processor.shutdown(),
  };
}

/** The processor would report each failure to a global handler. */
function reporting(exporter: SpanExporter, { failed, succeeded }: TracingOptions['exports']): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, ({ code, error }) => {
        if (code === ExportResultCode.FAILED) failed(error ?? new Error('the export failed'));
        else succeeded();
        done({ code: ExportResultCode.SUCCESS });
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

const scope = { name: 'admit-one' };

/** A span as the SDK's tracer would have made it. */
function readableSpan(span: EndedSpan, resource: Resource): ReadableSpan {
  const { name, kind, ids, parentSpanId, link, startedAt, endedAt, attributes, failure } = span;
  return {
    name,
    kind: kinds[kind],
    spanContext: () => contextOf(ids),
    ...(parentSpanId !== undefined && {
      parentSpanContext: contextOf({ traceId: ids.traceId, spanId: parentSpanId }),
    }),
    startTime: hrTimeOf(performance.timeOrigin + startedAt),
    endTime: hrTimeOf(performance.timeOrigin + endedAt),
    duration: hrTimeOf(endedAt - startedAt),
    status:
      failure === undefined
        ? { code: SpanStatusCode.UNSET }
        : { code: SpanStatusCode.ERROR, message: failure },
    attributes: { ...attributes },
    links: link ? [{ context: contextOf(link) }] : [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function contextOf({ traceId, spanId }: SpanIds): SpanContext {
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
}

/** @param ms Unix milliseconds, or a duration */
function hrTimeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1_000);
  return [seconds, Math.min(999_999_999, Math.round((ms - seconds * 1_000) * 1_000_000))];
}
