// Generated from the reasons table of the server by `npm run generate`. Do not edit.

/** The client's action for public codes whose HTTP status or close code does not decide it. */
export const actionOfCode = {
  NOT_AUTHORIZED: 'retry',
  SESSION_REVOKED: 'stop',
  RESERVATION_LOST: 'retry',
  SESSION_EXPIRED: 'refresh-token',
  INVALID_TOKEN: 'refresh-token',
  MISSING_SESSION: 'stop',
  MESSAGE_TOO_BIG: 'retry',
} as const;

/** The server's code for a rejection: `code` in a problem document, or the first word of a close reason. */
export type PublicCode =
  | 'NOT_AUTHORIZED'
  | 'SESSION_REVOKED'
  | 'ORIGIN_BLOCKED'
  | 'RESERVATION_LOST'
  | 'SESSION_EXPIRED'
  | 'RECONNECT'
  | 'ROUTE_UNKNOWN'
  | 'BAD_UPGRADE'
  | 'HEADERS_TOO_LARGE'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'REDIS_UNAVAILABLE'
  | 'AUDIT_UNAVAILABLE'
  | 'ISSUER_UNAVAILABLE'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_REJECTED'
  | 'RATE_LIMITED'
  | 'OVERLOADED'
  | 'RESTARTING'
  | 'INVALID_TOKEN'
  | 'MISSING_SESSION'
  | 'INSUFFICIENT_SCOPE'
  | 'INVALID_REQUEST'
  | 'ANONYMOUS_DISABLED'
  | 'MESSAGE_TOO_BIG'
  | 'TOO_SLOW'
  | 'ADDRESS_BLOCKED'
  | 'OUT_OF_DATE'
  | 'ISSUING_PAUSED'
  | 'ALREADY_CONSUMED';

/** How the server sends a public code; null where it never sends it that way. */
export interface RejectionCodes {
  /** The HTTP status. */
  readonly http: number | null;
  /** The close code. */
  readonly close: number | null;
}

export const rejectionCodes: Readonly<Record<PublicCode, RejectionCodes>> = {
  NOT_AUTHORIZED: { http: 401, close: 4401 },
  SESSION_REVOKED: { http: 401, close: 4501 },
  ORIGIN_BLOCKED: { http: 403, close: 1008 },
  RESERVATION_LOST: { http: 409, close: 4409 },
  SESSION_EXPIRED: { http: null, close: 4408 },
  RECONNECT: { http: null, close: 1012 },
  ROUTE_UNKNOWN: { http: 404, close: 4504 },
  BAD_UPGRADE: { http: 400, close: null },
  HEADERS_TOO_LARGE: { http: 431, close: 1008 },
  INTERNAL: { http: 500, close: 1011 },
  UNAVAILABLE: { http: 503, close: 1013 },
  REDIS_UNAVAILABLE: { http: 503, close: 1013 },
  AUDIT_UNAVAILABLE: { http: 503, close: null },
  ISSUER_UNAVAILABLE: { http: 503, close: null },
  UPSTREAM_UNAVAILABLE: { http: 503, close: 1013 },
  UPSTREAM_REJECTED: { http: 403, close: 4505 },
  RATE_LIMITED: { http: 429, close: 4429 },
  OVERLOADED: { http: 503, close: 1013 },
  RESTARTING: { http: 503, close: 1012 },
  INVALID_TOKEN: { http: 401, close: 4401 },
  MISSING_SESSION: { http: 401, close: 4502 },
  INSUFFICIENT_SCOPE: { http: 403, close: 4503 },
  INVALID_REQUEST: { http: 400, close: null },
  ANONYMOUS_DISABLED: { http: 403, close: null },
  MESSAGE_TOO_BIG: { http: 413, close: 1009 },
  TOO_SLOW: { http: null, close: 4410 },
  ADDRESS_BLOCKED: { http: 403, close: 1008 },
  OUT_OF_DATE: { http: 503, close: 1012 },
  ISSUING_PAUSED: { http: 503, close: null },
  ALREADY_CONSUMED: { http: 409, close: null },
};
