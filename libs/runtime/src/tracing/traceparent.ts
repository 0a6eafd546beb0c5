import { randomUUID } from 'node:crypto';
import { TraceFlags } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import type { SpanIds } from './types.ts';

export function newTraceId(): string {
  return randomUUID().replaceAll('-', '');
}

/** The version and the variant of the UUID are between these digits. */
export function newSpanId(): string {
  const uuid = randomUUID();
  return uuid.slice(0, 8) + uuid.slice(-8);
}

/** The `traceparent` (W3C Trace Context) of a span. */
export function traceparentOf({ traceId, spanId }: SpanIds, sampled: boolean): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

/** The span of a `traceparent`, where its trace is sampled. */
export function sampledSpanOf(traceparent: string | null | undefined): SpanIds | undefined {
  // Most are not: the first look is at the last character.
  if (typeof traceparent !== 'string' || !/[13579bdf]$/.test(traceparent)) return undefined;
  const parsed = parseTraceParent(traceparent);
  return parsed && (parsed.traceFlags & TraceFlags.SAMPLED) !== 0 ? parsed : undefined;
}

/** The trace id in a `traceparent`; null where it is invalid. */
export function traceIdOf(traceparent: string | null): string | null {
  return parseTraceParent(traceparent ?? '')?.traceId ?? null;
}
