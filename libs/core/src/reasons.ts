/** What a client does about a rejection: stop until resumed, try again, or refresh its token and try again. */
export type ClientAction = 'stop' | 'retry' | 'refresh-token';

/** Whose fault a rejection is. Only `infrastructure` spends the error budget. */
export type Fault = 'client' | 'policy' | 'attack' | 'infrastructure';

/** The Cloud Logging severities that rejections use. */
export type Severity = 'INFO' | 'WARNING' | 'CRITICAL';

/** What clients see. Reasons that would tell an attacker something share one code, and so one text. */
export const publicCodes = {
  NOT_AUTHORIZED: 'The ticket was not accepted. Ask for a fresh ticket and connect with that.',
  SESSION_REVOKED: 'The session was ended. Log in again.',
  ORIGIN_BLOCKED: 'This origin may not open connections. FRONTEND_ORIGINS lists those that may.',
  RESERVATION_LOST: 'Another handshake took the ticket first. Ask for a fresh ticket.',
  SESSION_EXPIRED: "The session's token expired. Refresh it and connect again.",
  RECONNECT: 'The connection reached its planned lifetime. Connect again.',
  ROUTE_UNKNOWN: 'There is nothing at this path.',
  BAD_UPGRADE: 'This is not a proper WebSocket upgrade (RFC 6455, section 4.1).',
  HEADERS_TOO_LARGE: 'The request has too many or too large headers. Remove cookies that are not needed.',
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

/** A row of the reasons table. */
export interface ReasonRow {
  readonly code: PublicCode;
  /** HTTP status, or null where the rejection never answers an HTTP request. */
  readonly http: number | null;
  /** WebSocket close code, or null where the rejection never closes a connection. */
  readonly close: number | null;
  readonly client: ClientAction;
  readonly fault: Fault;
  readonly severity: Severity;
  /** The `Retry-After` of an HTTP response, in seconds, or null for none. */
  readonly retryAfterSeconds: number | null;
  /** What `WWW-Authenticate` says: an error of RFC 6750, the endpoint's scheme alone, or nothing (null). */
  readonly challenge: ChallengeError | null;
  /** Whether a browser gets the rejection of an upgrade as a close frame: its page cannot read an HTTP status. */
  readonly toldToBrowsers: boolean;
  /** Whether the sender of a command tries once more: the second answer may be a better one. */
  readonly secondTry: boolean;
  /** Whether `execute` records it when the state machine rejects a command. If not, the sender of the command does. */
  readonly recorded: boolean;
  /** What happened, for operators: the first lines of the reason's runbook. */
  readonly meaning: string;
}

/** `scheme`: the scheme alone. The others are error codes of RFC 6750, section 3.1. */
export type ChallengeError = 'scheme' | 'invalid_token' | 'insufficient_scope';

type Optional = 'retryAfterSeconds' | 'challenge' | 'toldToBrowsers' | 'secondTry' | 'recorded';

/** A row with the usual values in the columns that few rows differ in. */
function row(columns: Omit<ReasonRow, Optional> & Partial<Pick<ReasonRow, Optional>>): ReasonRow {
  return {
    retryAfterSeconds: null,
    challenge: null,
    toldToBrowsers: false,
    secondTry: false,
    recorded: true,
    ...columns,
  };
}

type Cause = Pick<ReasonRow, 'fault' | 'severity'>;

const notAuthorized = {
  code: 'NOT_AUTHORIZED',
  http: 401,
  close: 4401,
  client: 'retry',
  challenge: 'scheme',
  toldToBrowsers: true,
} as const;
const revoked = {
  code: 'SESSION_REVOKED',
  http: 401,
  close: 4501,
  client: 'stop',
  challenge: 'scheme',
  toldToBrowsers: true,
} as const;
const retrySoon = { http: 503, client: 'retry', retryAfterSeconds: 1 } as const;
const unavailable = { ...retrySoon, code: 'UNAVAILABLE', close: 1013 } as const;
const overloaded = { ...retrySoon, code: 'OVERLOADED', close: 1013 } as const;
const rateLimited = {
  code: 'RATE_LIMITED',
  http: 429,
  close: 4429,
  client: 'retry',
  retryAfterSeconds: 5,
} as const;

const clientFault: Cause = { fault: 'client', severity: 'INFO' };
const policy: Cause = { fault: 'policy', severity: 'WARNING' };
const planned: Cause = { fault: 'policy', severity: 'INFO' };
const attack: Cause = { fault: 'attack', severity: 'WARNING' };
const infrastructure: Cause = { fault: 'infrastructure', severity: 'CRITICAL' };

/**
 * The only list of rejections. HTTP responses, close frames, the client's behaviour, retries, metric labels and
 * `docs/reasons.md` derive from it.
 */
export const reasons = {
  ticket_missing: row({ ...notAuthorized, ...clientFault, meaning: 'The upgrade carried no ticket.' }),
  ticket_malformed: row({
    ...notAuthorized,
    ...clientFault,
    meaning: 'The presented value is not 32 lower-case hex characters, or there was more than one ticket.',
  }),
  ticket_unknown: row({
    ...notAuthorized,
    ...clientFault,
    meaning:
      'No such ticket: never issued, forgotten a while after its end, or lost with the store of an earlier epoch.',
  }),
  ticket_expired: row({
    ...notAuthorized,
    ...clientFault,
    meaning: 'The ticket was presented after its lifetime.',
  }),
  ticket_replayed: row({
    ...notAuthorized,
    ...attack,
    meaning:
      'The ticket had admitted another handshake, or the same one from another address. A client that reuses tickets, or someone who read one.',
  }),
  ticket_duplicate: row({
    ...notAuthorized,
    ...clientFault,
    meaning: 'A late copy of a message about a handshake that was admitted already. Harmless.',
  }),
  ticket_in_use: row({
    ...notAuthorized,
    ...clientFault,
    meaning: 'Another handshake holds the ticket. It is free again when that lease ends.',
  }),
  route_mismatch: row({ ...notAuthorized, ...policy, meaning: 'The ticket was issued for another route.' }),
  reservations_exhausted: row({
    ...notAuthorized,
    ...attack,
    meaning: 'The ticket was reserved sixteen times without an admission.',
  }),
  ticket_revoked: row({ ...revoked, ...policy, meaning: 'The ticket was revoked before its use.' }),
  session_revoked: row({ ...revoked, ...policy, meaning: 'The session or user of the ticket was revoked.' }),
  ticket_consumed: row({
    code: 'ALREADY_CONSUMED',
    http: 409,
    close: null,
    client: 'stop',
    ...clientFault,
    meaning: 'A revocation came after the admission. The revoker closes the connection.',
  }),
  origin_blocked: row({
    code: 'ORIGIN_BLOCKED',
    http: 403,
    close: 1008,
    client: 'stop',
    ...policy,
    toldToBrowsers: true,
    meaning: 'The Origin header is not in FRONTEND_ORIGINS, or is missing where REQUIRE_ORIGIN asks for one.',
  }),
  reservation_lost: row({
    code: 'RESERVATION_LOST',
    http: 409,
    close: 4409,
    client: 'retry',
    ...clientFault,
    meaning: 'The confirm came when another handshake or connection held the ticket.',
  }),
  session_expired: row({
    code: 'SESSION_EXPIRED',
    http: null,
    close: 4408,
    client: 'refresh-token',
    ...planned,
    meaning: 'The token of a live connection expired and was not renewed.',
  }),
  lifetime_reached: row({
    code: 'RECONNECT',
    http: null,
    close: 1012,
    client: 'retry',
    ...planned,
    meaning: 'The connection reached CONNECTION_LIFETIME_SECONDS and was closed by plan.',
  }),
  route_unknown: row({
    code: 'ROUTE_UNKNOWN',
    http: 404,
    close: null,
    client: 'stop',
    ...clientFault,
    meaning: 'The path names no endpoint and no configured route.',
  }),
  bad_upgrade: row({
    code: 'BAD_UPGRADE',
    http: 400,
    close: null,
    client: 'stop',
    ...clientFault,
    meaning: 'The upgrade request breaks RFC 6455: method, headers or key.',
  }),
  headers_too_large: row({
    code: 'HEADERS_TOO_LARGE',
    http: 431,
    close: 1008,
    client: 'stop',
    ...clientFault,
    toldToBrowsers: true,
    meaning: 'The headers of the upgrade are too many or too large, often by cookies of the same domain.',
  }),
  upgrade_required: row({
    code: 'BAD_UPGRADE',
    http: 426,
    close: null,
    client: 'stop',
    ...clientFault,
    meaning: 'A plain request on a WebSocket path, or a WebSocket version other than 13.',
  }),
  internal: row({
    code: 'INTERNAL',
    http: 500,
    close: 1011,
    client: 'retry',
    ...infrastructure,
    meaning: 'A bug of ours. The log line of the same traceId has the stack.',
  }),
  ticket_service_unavailable: row({
    ...unavailable,
    ...infrastructure,
    meaning: 'No ticket-service answered over the bus within the deadline.',
  }),
  deadline_exceeded: row({
    ...unavailable,
    ...infrastructure,
    secondTry: true,
    recorded: false,
    meaning:
      'The command reached the ticket-service after its deadline, when its sender no longer waited for it.',
  }),
  store_unavailable: row({
    code: 'REDIS_UNAVAILABLE',
    ...retrySoon,
    close: 1013,
    ...infrastructure,
    secondTry: true,
    meaning: 'The ticket store did not answer in time.',
  }),
  issuer_unavailable: row({
    code: 'ISSUER_UNAVAILABLE',
    ...retrySoon,
    close: null,
    ...infrastructure,
    meaning: "The issuer's JWKS could not be fetched and no usable key is cached.",
  }),
  audit_log_unavailable: row({
    code: 'AUDIT_UNAVAILABLE',
    ...retrySoon,
    close: null,
    ...infrastructure,
    meaning: 'The database of the audit log did not answer.',
  }),
  edge_lost: row({
    ...unavailable,
    ...infrastructure,
    meaning:
      'The edge stopped or fell silent, and did not report how this connection ended. The audit log closed it.',
  }),
  upstream_unavailable: row({
    code: 'UPSTREAM_UNAVAILABLE',
    ...retrySoon,
    close: 1013,
    ...infrastructure,
    meaning: 'The upstream of a proxied route rejected the handshake or did not answer.',
  }),
  rate_limited: row({ ...rateLimited, ...policy, meaning: 'The rate limit of a client was reached.' }),
  too_many_connections: row({
    ...rateLimited,
    ...policy,
    meaning: 'The edge holds MAX_CONNECTIONS connections.',
  }),
  overloaded: row({
    ...overloaded,
    ...infrastructure,
    meaning:
      'More handshakes are in flight than MAX_HANDSHAKES allows, or many handshakes compete for one ticket.',
  }),
  outbox_full: row({
    ...overloaded,
    ...infrastructure,
    meaning:
      'The outbox is at its bound: the relay does not get events out, and nothing continues unaudited.',
  }),
  draining: row({
    code: 'RESTARTING',
    ...retrySoon,
    close: 1012,
    ...planned,
    meaning: 'The instance is shutting down.',
  }),
  token_invalid: row({
    code: 'INVALID_TOKEN',
    http: 401,
    close: null,
    client: 'refresh-token',
    ...clientFault,
    challenge: 'invalid_token',
    meaning: 'The JWT is missing, malformed, expired, badly signed, or for another issuer or audience.',
  }),
  session_missing: row({
    code: 'MISSING_SESSION',
    http: 401,
    close: null,
    client: 'stop',
    ...clientFault,
    challenge: 'invalid_token',
    meaning: 'The JWT names no session: see JWT_SESSION_CLAIMS and SESSION_POLICY.',
  }),
  scope_missing: row({
    code: 'INSUFFICIENT_SCOPE',
    http: 403,
    close: null,
    client: 'stop',
    ...policy,
    challenge: 'insufficient_scope',
    meaning: 'The JWT is good but lacks the scope that the endpoint needs (RFC 6750).',
  }),
  request_invalid: row({
    code: 'INVALID_REQUEST',
    http: 400,
    close: null,
    client: 'stop',
    ...clientFault,
    meaning: 'A body, parameter or header of an HTTP request is not of the documented form.',
  }),
  anonymous_disabled: row({
    code: 'ANONYMOUS_DISABLED',
    http: 403,
    close: null,
    client: 'stop',
    ...policy,
    meaning: 'An anonymous session was asked for where ANONYMOUS_SESSIONS is off.',
  }),
  message_too_big: row({
    code: 'MESSAGE_TOO_BIG',
    http: 413,
    close: 1009,
    client: 'retry',
    ...clientFault,
    meaning: 'A message or body exceeds its limit (MAX_MESSAGE_BYTES on connections).',
  }),
  message_rate: row({ ...rateLimited, ...policy, meaning: 'A connection sends messages too fast.' }),
  reader_slow: row({
    code: 'TOO_SLOW',
    http: null,
    close: 4410,
    client: 'retry',
    ...clientFault,
    meaning: 'More than MAX_BUFFERED_BYTES wait for a client that does not read.',
  }),
} as const satisfies Record<string, ReasonRow>;

/** The exact cause of a rejection: for the audit log, logs and metrics, never for strangers. */
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
