import type { PublicCode } from './public-codes.ts';

/** How a server tells a refusal. Null where it never takes that form. */
export interface Refusal {
  /** The HTTP status. */
  readonly http: number | null;
  /** The close code. */
  readonly close: number | null;
}

/** Written from the server's table of reasons by `npm run generate`. */
export const refusals: Readonly<Record<PublicCode, Refusal>> = {
  NOT_AUTHORIZED: { http: 401, close: 4401 },
  SESSION_REVOKED: { http: 401, close: 4501 },
  ORIGIN_BLOCKED: { http: 403, close: 1008 },
  RESERVATION_LOST: { http: 409, close: 4409 },
  SESSION_EXPIRED: { http: null, close: 4408 },
  RECONNECT: { http: null, close: 1012 },
  ROUTE_UNKNOWN: { http: 404, close: null },
  BAD_UPGRADE: { http: 400, close: null },
  INTERNAL: { http: 500, close: 1011 },
  UNAVAILABLE: { http: 503, close: 1013 },
  REDIS_UNAVAILABLE: { http: 503, close: 1013 },
  AUDIT_UNAVAILABLE: { http: 503, close: null },
  ISSUER_UNAVAILABLE: { http: 503, close: null },
  UPSTREAM_UNAVAILABLE: { http: 503, close: 1013 },
  RATE_LIMITED: { http: 429, close: 4429 },
  OVERLOADED: { http: 503, close: 1013 },
  RESTARTING: { http: 503, close: 1012 },
  INVALID_TOKEN: { http: 401, close: null },
  MISSING_SESSION: { http: 401, close: null },
  INSUFFICIENT_SCOPE: { http: 403, close: null },
  INVALID_REQUEST: { http: 400, close: null },
  ANONYMOUS_DISABLED: { http: 403, close: null },
  MESSAGE_TOO_BIG: { http: 413, close: 1009 },
  TOO_SLOW: { http: null, close: 4410 },
  ALREADY_CONSUMED: { http: 409, close: null },
};
