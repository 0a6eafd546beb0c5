/**
 * What a client does about each public code of the server, as the server's table of reasons says: try again (`retry`),
 * try again with a fresh token (`refresh`), or stop. Written from that table by `npm run docs`.
 */
export const actionOfCode = {
  NOT_AUTHORIZED: 'retry',
  SESSION_REVOKED: 'stop',
  ORIGIN_BLOCKED: 'stop',
  RESERVATION_LOST: 'retry',
  SESSION_EXPIRED: 'refresh-token',
  RECONNECT: 'retry',
  ROUTE_UNKNOWN: 'stop',
  BAD_UPGRADE: 'stop',
  INTERNAL: 'retry',
  UNAVAILABLE: 'retry',
  REDIS_UNAVAILABLE: 'retry',
  AUDIT_UNAVAILABLE: 'retry',
  ISSUER_UNAVAILABLE: 'retry',
  UPSTREAM_UNAVAILABLE: 'retry',
  RATE_LIMITED: 'retry',
  OVERLOADED: 'retry',
  RESTARTING: 'retry',
  INVALID_TOKEN: 'refresh-token',
  MISSING_SESSION: 'stop',
  INSUFFICIENT_SCOPE: 'stop',
  INVALID_REQUEST: 'stop',
  ANONYMOUS_DISABLED: 'stop',
  MESSAGE_TOO_BIG: 'retry',
  TOO_SLOW: 'retry',
  ALREADY_CONSUMED: 'stop',
} as const;

/** What the server says a refusal is: the `code` of a problem document, or the first word of a close reason. */
export type PublicCode = keyof typeof actionOfCode;
