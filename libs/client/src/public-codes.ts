/**
 * What a client does about public codes of the server, where neither the HTTP status nor the close code says it already.
 * Written from the server's table of reasons by `npm run generate`.
 */
export const actionOfCode = {
  NOT_AUTHORIZED: 'retry',
  SESSION_REVOKED: 'stop',
  RESERVATION_LOST: 'retry',
  SESSION_EXPIRED: 'refresh-token',
  MISSING_SESSION: 'stop',
  MESSAGE_TOO_BIG: 'retry',
} as const;

/** What the server says of a refusal: the `code` of its problem document, or the first word of its close reason. */
export type PublicCode =
  | 'NOT_AUTHORIZED'
  | 'SESSION_REVOKED'
  | 'ORIGIN_BLOCKED'
  | 'RESERVATION_LOST'
  | 'SESSION_EXPIRED'
  | 'RECONNECT'
  | 'ROUTE_UNKNOWN'
  | 'BAD_UPGRADE'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'REDIS_UNAVAILABLE'
  | 'AUDIT_UNAVAILABLE'
  | 'ISSUER_UNAVAILABLE'
  | 'UPSTREAM_UNAVAILABLE'
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
  | 'ALREADY_CONSUMED';
