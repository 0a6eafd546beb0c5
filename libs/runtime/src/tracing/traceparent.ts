import { createHexIdSource } from '@admit-one/core';
import type { SpanIds } from './types.ts';

/** Makes random ids of traces and spans. */
export interface TraceIdSource {
  newTraceId(): string;
  newSpanId(): string;
}

export function createTraceIdSource(): TraceIdSource {
  const newTraceId = createHexIdSource();
  return { newTraceId, newSpanId: () => newTraceId().slice(16) };
}

/** The `traceparent` (W3C Trace Context) of a span. */
export function traceparentOf({ traceId, spanId }: SpanIds, sampled: boolean): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}

const TRACEPARENT =
  /^\s?((?!ff)[\da-f]{2})-((?!0{32})[\da-f]{32})-((?!0{16})[\da-f]{16})-([\da-f]{2})(-.*)?\s?$/;

/** What a `traceparent` says; null where it is invalid. Later versions may add parts to the four of version 00. */
export function parseTraceparent(text: string): (SpanIds & { readonly isSampled: boolean }) | null {
  const [, version, traceId, spanId, flags, more] = TRACEPARENT.exec(text) ?? [];
  if (!traceId || !spanId || !flags || (version === '00' && more)) return null;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** The span of a `traceparent`, where its trace is sampled. */
export function sampledSpanOf(traceparent: string | null | undefined): SpanIds | undefined {
  // Most are not: the first look is at the last character.
  if (typeof traceparent !== 'string' || !/[13579bdf]$/.test(traceparent)) return undefined;
  const parsed = parseTraceparent(traceparent);
  return parsed?.isSampled ? parsed : undefined;
}

/** The trace id in a `traceparent`; null where it is invalid. */
export function traceIdOf(traceparent: string | null): string | null {
  return parseTraceparent(traceparent ?? '')?.traceId ?? null;
}
