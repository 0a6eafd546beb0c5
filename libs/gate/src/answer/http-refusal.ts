import { PROBLEM_TYPE, problemOf, type Reason } from '@admit-one/core';

/** A refusal as an HTTP response says it. */
export interface HttpRefusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A problem document (RFC 9457), as JSON. */
  readonly body: string;
}

/** When to come back, by status, in seconds: soon where it is our fault, later where it is too much. */
const RETRY_AFTER_SECONDS: Readonly<Record<number, number>> = { 429: 5, 503: 1 };

/** What a reason answers an upgrade with. A detail takes the place of the public code's own text. */
export function httpRefusalOf(reason: Reason, traceId: string, detail?: string): HttpRefusal {
  const problem = problemOf(reason, traceId, { detail });
  const { status } = problem;
  const retryAfter = RETRY_AFTER_SECONDS[status];
  return {
    status,
    headers: {
      ...(status === 426 && { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }),
      ...(status === 401 && { 'WWW-Authenticate': 'Ticket' }),
      ...(retryAfter !== undefined && { 'Retry-After': `${retryAfter}` }),
      'Cache-Control': 'no-store',
      'Content-Type': PROBLEM_TYPE,
    },
    body: JSON.stringify(problem),
  };
}
