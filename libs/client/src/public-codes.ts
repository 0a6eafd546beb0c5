/**
 * What a client does about each public code of the server, as the server's table of reasons says. This file is written
 * from that table by `npm run docs`.
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

/** The public codes that a close code tells by itself, where its text is missing. */
export const codeOfClose: Readonly<Record<number, PublicCode>> = {
  1009: 'MESSAGE_TOO_BIG',
  4401: 'NOT_AUTHORIZED',
  4408: 'SESSION_EXPIRED',
  4409: 'RESERVATION_LOST',
  4410: 'TOO_SLOW',
  4429: 'RATE_LIMITED',
  4501: 'SESSION_REVOKED',
};

/** What the server says of a refusal: the `code` of its problem document, or the first word of its close reason. */
export type PublicCode = keyof typeof actionOfCode;
