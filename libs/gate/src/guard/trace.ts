import { randomBytes } from 'node:crypto';

/** What a request is known by in logs, problem documents and the trail (W3C Trace Context). */
export interface Trace {
  readonly traceId: string;
  readonly traceparent: string | null;
}

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The trace that a request belongs to; a trace id of its own where it names none. */
export function traceOf(traceparent: string | undefined): Trace {
  const traceId = TRACEPARENT.exec(traceparent ?? '')?.[1];
  return traceId === undefined || traceparent === undefined
    ? { traceId: randomBytes(16).toString('hex'), traceparent: null }
    : { traceId, traceparent };
}
