/** What a span is to its caller (OpenTelemetry's `SpanKind`). */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** The ids of a span, without its flags. */
export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** A span that has ended. Times are those of `performance.now()`. */
export interface EndedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly ids: SpanIds;
  readonly parentSpanId?: string | undefined;
  /** A span of another trace that led to this one. */
  readonly link?: SpanIds | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: SpanAttributes;
  /** Why the operation failed; undefined where it did not. */
  readonly failure?: string | undefined;
}

/** A span under way. */
export interface Span {
  /** For what happens within it. */
  readonly traceparent: string;
  /** @param failure why the operation failed */
  end(attributes?: SpanAttributes, failure?: string): void;
}

/** The span that a new one belongs to. */
export interface SpanStart {
  readonly kind: SpanKind;
  /** A `traceparent`; without one that is sampled there is no span. */
  readonly parent: string | null;
  readonly attributes?: SpanAttributes;
  /** By `performance.now()`; now by default. */
  readonly startedAt?: number;
}

/** Records the spans of sampled traces. */
export interface Tracing {
  /** Starts a span; undefined where the trace is not sampled. */
  start(name: string, start: SpanStart): Span | undefined;
  /** Records a span that has ended. The caller knows that its trace is sampled. */
  record(span: EndedSpan): void;
}
