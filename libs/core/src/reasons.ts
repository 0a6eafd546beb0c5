/** What a client does about a refusal: stop until told otherwise, try again, or refresh its token and try again. */
export type ClientAction = 'stop' | 'retry' | 'refresh-token';

/** Whose fault a refusal is. Only `infrastructure` spends the error budget. */
export type Fault = 'client' | 'policy' | 'attack' | 'infrastructure';

/** The Cloud Logging severities that refusals use. */
export type Severity = 'INFO' | 'WARNING' | 'CRITICAL';

/** What the world is told. Reasons that would tell an attacker something share one code, and so one text. */
export const publicCodes = {
  NOT_AUTHORIZED: 'The ticket was not accepted. Ask for a fresh ticket and connect with that.',
  SESSION_REVOKED: 'The session was ended. Log in again.',
  ORIGIN_BLOCKED: 'This origin may not open connections. FRONTEND_ORIGINS lists those that may.',
  RESERVATION_LOST: 'Another handshake took the ticket first. Ask for a fresh ticket.',
  SESSION_EXPIRED: "The session's token expired. Refresh it and connect again.",
  RECONNECT: 'The connection reached its planned lifetime. Connect again.',
  ROUTE_UNKNOWN: 'There is nothing at this path.',
  BAD_UPGRADE: 'This is not a proper WebSocket upgrade (RFC 6455, section 4.1).',
  INTERNAL: 'Something went wrong on our side. Try again.',
  UNAVAILABLE: 'The ticket service does not answer. Try again.',
  REDIS_UNAVAILABLE: 'The ticket store does not answer. Try again.',
  AUDIT_UNAVAILABLE: 'The audit log does not answer. Try again.',
  ISSUER_UNAVAILABLE: "The token issuer's keys cannot be fetched. Try again.",
  UPSTREAM_UNAVAILABLE: 'The service behind this route does not answer. Try again.',
  RATE_LIMITED: 'Too much at once. Try again after the time in Retry-After.',
  OVERLOADED: 'The service is at its limit. Try again.',
  RESTARTING: 'This instance is restarting. Connect again.',
  INVALID_TOKEN: 'The bearer token was not accepted.',
  MISSING_SESSION: 'The bearer token names no session.',
  INSUFFICIENT_SCOPE: 'The bearer token lacks the scope that this needs.',
  INVALID_REQUEST: 'The request is not of the form that this endpoint takes.',
  ANONYMOUS_DISABLED: 'Anonymous sessions are switched off. ANONYMOUS_SESSIONS=true switches them on.',
  MESSAGE_TOO_BIG: 'The message is larger than this endpoint takes.',
  TOO_SLOW: 'The client reads more slowly than messages arrive. Connect again.',
  ALREADY_CONSUMED: 'The ticket has been used; close its connection instead.',
} as const;

export type PublicCode = keyof typeof publicCodes;

export interface ReasonRow {
  readonly code: PublicCode;
  /** HTTP status, or null where the refusal never answers an HTTP request. */
  readonly http: number | null;
  /** WebSocket close code, or null where the refusal never closes a connection. */
  readonly close: number | null;
  readonly client: ClientAction;
  readonly fault: Fault;
  readonly severity: Severity;
  /** What happened, for those who run the service: the first lines of the reason's runbook. */
  readonly meaning: string;
}

type Codes = Pick<ReasonRow, 'code' | 'http' | 'close' | 'client'>;
type Cause = Pick<ReasonRow, 'fault' | 'severity'>;

const notAuthorized: Codes = { code: 'NOT_AUTHORIZED', http: 401, close: 4401, client: 'retry' };
const revoked: Codes = { code: 'SESSION_REVOKED', http: 401, close: 4501, client: 'stop' };
const unavailable: Codes = { code: 'UNAVAILABLE', http: 503, close: 1013, client: 'retry' };
const overloaded: Codes = { code: 'OVERLOADED', http: 503, close: 1013, client: 'retry' };
const rateLimited: Codes = { code: 'RATE_LIMITED', http: 429, close: 4429, client: 'retry' };

const clientFault: Cause = { fault: 'client', severity: 'INFO' };
const policy: Cause = { fault: 'policy', severity: 'WARNING' };
const planned: Cause = { fault: 'policy', severity: 'INFO' };
const attack: Cause = { fault: 'attack', severity: 'WARNING' };
const infrastructure: Cause = { fault: 'infrastructure', severity: 'CRITICAL' };

/**
 * The only list of refusals. HTTP replies, close frames, the client's behaviour, metric labels and
 * `docs/reasons.md` derive from it.
 */
export const reasons = {
  ticket_missing: { ...notAuthorized, ...clientFault, meaning: 'The upgrade carried no ticket.' },
  ticket_malformed: {
    ...notAuthorized,
    ...clientFault,
    meaning: 'What was presented is not 32 lower-case hex characters, or more than one ticket was.',
  },
  ticket_unknown: {
    ...notAuthorized,
    ...clientFault,
    meaning:
      'No such ticket: never issued, forgotten a while after its end, or lost with the store of an earlier epoch.',
  },
  ticket_expired: {
    ...notAuthorized,
    ...clientFault,
    meaning: 'The ticket was presented after its lifetime.',
  },
  ticket_replayed: {
    ...notAuthorized,
    ...attack,
    meaning:
      'The ticket had admitted another handshake. A client that reuses tickets, or somebody who read one.',
  },
  ticket_duplicate: {
    ...notAuthorized,
    ...clientFault,
    meaning: 'A late copy of a message about a handshake that was admitted already. Harmless.',
  },
  ticket_in_use: {
    ...notAuthorized,
    ...clientFault,
    meaning: 'Another handshake holds the ticket. It is free again when that lease ends.',
  },
  route_mismatch: { ...notAuthorized, ...policy, meaning: 'The ticket was issued for another route.' },
  reservations_exhausted: {
    ...notAuthorized,
    ...attack,
    meaning: 'The ticket was reserved sixteen times without an admission.',
  },
  ticket_revoked: { ...revoked, ...policy, meaning: 'The ticket was revoked before its use.' },
  session_revoked: { ...revoked, ...policy, meaning: 'The session or user of the ticket was revoked.' },
  ticket_consumed: {
    code: 'ALREADY_CONSUMED',
    http: 409,
    close: null,
    client: 'stop',
    ...clientFault,
    meaning: 'A revocation came after the admission. Whoever revokes closes the connection.',
  },
  origin_blocked: {
    code: 'ORIGIN_BLOCKED',
    http: 403,
    close: 1008,
    client: 'stop',
    ...policy,
    meaning: 'The Origin header is not in FRONTEND_ORIGINS, or is missing where REQUIRE_ORIGIN asks for one.',
  },
  reservation_lost: {
    code: 'RESERVATION_LOST',
    http: 409,
    close: 4409,
    client: 'retry',
    ...clientFault,
    meaning: 'The confirm came when another handshake or connection held the ticket.',
  },
  session_expired: {
    code: 'SESSION_EXPIRED',
    http: null,
    close: 4408,
    client: 'refresh-token',
    ...planned,
    meaning: 'The token of a live connection expired and was not renewed.',
  },
  lifetime_reached: {
    code: 'RECONNECT',
    http: null,
    close: 1012,
    client: 'retry',
    ...planned,
    meaning: 'The connection reached CONNECTION_LIFETIME_SECONDS and was closed by plan.',
  },
  route_unknown: {
    code: 'ROUTE_UNKNOWN',
    http: 404,
    close: null,
    client: 'stop',
    ...clientFault,
    meaning: 'The path names no endpoint and no configured route.',
  },
  bad_upgrade: {
    code: 'BAD_UPGRADE',
    http: 400,
    close: null,
    client: 'stop',
    ...clientFault,
    meaning: 'The upgrade request breaks RFC 6455: method, headers or key.',
  },
  upgrade_required: {
    code: 'BAD_UPGRADE',
    http: 426,
    close: null,
    client: 'stop',
    ...clientFault,
    meaning: 'A plain request on a WebSocket path, or a WebSocket version other than 13.',
  },
  internal: {
    code: 'INTERNAL',
    http: 500,
    close: 1011,
    client: 'retry',
    ...infrastructure,
    meaning: 'A bug of ours. The log line of the same traceId has the stack.',
  },
  ticket_service_unavailable: {
    ...unavailable,
    ...infrastructure,
    meaning: 'No ticket-service answered over the bus within the deadline.',
  },
  deadline_exceeded: {
    ...unavailable,
    ...infrastructure,
    meaning: 'The command reached the ticket-service after its deadline; whoever sent it has given up.',
  },
  store_unavailable: {
    code: 'REDIS_UNAVAILABLE',
    http: 503,
    close: 1013,
    client: 'retry',
    ...infrastructure,
    meaning: 'The ticket store did not answer in time.',
  },
  issuer_unavailable: {
    code: 'ISSUER_UNAVAILABLE',
    http: 503,
    close: null,
    client: 'retry',
    ...infrastructure,
    meaning: "The issuer's JWKS could not be fetched and no usable key is cached.",
  },
  audit_log_unavailable: {
    code: 'AUDIT_UNAVAILABLE',
    http: 503,
    close: null,
    client: 'retry',
    ...infrastructure,
    meaning: 'The database of the audit log did not answer.',
  },
  upstream_unavailable: {
    code: 'UPSTREAM_UNAVAILABLE',
    http: 503,
    close: 1013,
    client: 'retry',
    ...infrastructure,
    meaning: 'The upstream of a proxied route refused or did not answer.',
  },
  rate_limited: { ...rateLimited, ...policy, meaning: 'The rate limit of a client was reached.' },
  too_many_connections: {
    ...rateLimited,
    ...policy,
    meaning: 'The edge holds MAX_CONNECTIONS connections.',
  },
  overloaded: {
    ...overloaded,
    ...infrastructure,
    meaning: 'More handshakes are in flight than MAX_HANDSHAKES allows, or one ticket is fought over.',
  },
  outbox_full: {
    ...overloaded,
    ...infrastructure,
    meaning: 'The outbox is at its bound: the relay does not get events out, and nothing goes on unaudited.',
  },
  draining: {
    code: 'RESTARTING',
    http: 503,
    close: 1012,
    client: 'retry',
    ...planned,
    meaning: 'The instance is shutting down.',
  },
  token_invalid: {
    code: 'INVALID_TOKEN',
    http: 401,
    close: null,
    client: 'refresh-token',
    ...clientFault,
    meaning: 'The JWT is missing, malformed, expired, badly signed, or for another issuer or audience.',
  },
  session_missing: {
    code: 'MISSING_SESSION',
    http: 401,
    close: null,
    client: 'stop',
    ...clientFault,
    meaning: 'The JWT names no session: see JWT_SESSION_CLAIMS and SESSION_POLICY.',
  },
  scope_missing: {
    code: 'INSUFFICIENT_SCOPE',
    http: 403,
    close: null,
    client: 'stop',
    ...policy,
    meaning: 'The JWT is good but lacks the scope that the endpoint needs (RFC 6750).',
  },
  request_invalid: {
    code: 'INVALID_REQUEST',
    http: 400,
    close: null,
    client: 'stop',
    ...clientFault,
    meaning: 'A body, parameter or header of an HTTP request is not of the documented form.',
  },
  anonymous_disabled: {
    code: 'ANONYMOUS_DISABLED',
    http: 403,
    close: null,
    client: 'stop',
    ...policy,
    meaning: 'An anonymous session was asked for where ANONYMOUS_SESSIONS is off.',
  },
  message_too_big: {
    code: 'MESSAGE_TOO_BIG',
    http: 413,
    close: 1009,
    client: 'retry',
    ...clientFault,
    meaning: 'A message or body exceeds its limit (MAX_MESSAGE_BYTES on connections).',
  },
  message_rate: { ...rateLimited, ...policy, meaning: 'A connection sends messages too fast.' },
  reader_slow: {
    code: 'TOO_SLOW',
    http: null,
    close: 4410,
    client: 'retry',
    ...clientFault,
    meaning: 'More than MAX_BUFFERED_BYTES wait for a client that does not read.',
  },
} as const satisfies Record<string, ReasonRow>;

/** The exact cause of a refusal: for the trail, logs and metrics, never for a stranger. */
export type Reason = keyof typeof reasons;

/** The row of a reason, with the table's common type. */
export function reasonRow(reason: Reason): ReasonRow {
  return reasons[reason];
}

/** Whether a value names a row of the table. */
export function isReason(value: unknown): value is Reason {
  return typeof value === 'string' && Object.hasOwn(reasons, value);
}

/** Whether a close code means stop: no automatic retry until the application resumes. */
export function closeMeansStop(code: number): boolean {
  return code === 1000 || code === 1005 || code === 1008 || (code >= 4500 && code <= 4999);
}
