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
  UPSTREAM_REJECTED: 'The service behind this route did not accept the connection.',
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
  ADDRESS_BLOCKED: 'Connections from this address are blocked.',
  OUT_OF_DATE: 'This instance may have missed log-outs. Connect again.',
  ISSUING_PAUSED: 'No tickets are issued at the moment. Try again.',
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
  /** What an operator does about it. */
  readonly remedy: string;
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
  ticket_missing: row({
    ...notAuthorized,
    ...clientFault,
    meaning: 'The upgrade carried no ticket.',
    remedy:
      'Have the client send its ticket in a carrier that TICKET_CARRIERS names, and check that no proxy drops `Sec-WebSocket-Protocol` or the query.',
  }),
  ticket_malformed: row({
    ...notAuthorized,
    ...clientFault,
    meaning: 'The presented value is not 32 lower-case hex characters, or there was more than one ticket.',
    remedy: 'Have the client send the ticket once, in one carrier, exactly as it was issued.',
  }),
  ticket_unknown: row({
    ...notAuthorized,
    ...clientFault,
    meaning:
      'No such ticket: never issued, ended more than a minute ago, or lost with the store of an earlier epoch.',
    remedy:
      'Look for an `admit.store.started` at that time: the store may have lost its tickets. If there is none, the client sends an old or invented ticket.',
  }),
  ticket_expired: row({
    ...notAuthorized,
    ...clientFault,
    meaning: 'The ticket was presented after its lifetime.',
    remedy:
      'Have the client request the ticket right before it connects, and compare TICKET_TTL_SECONDS with the time that its users need.',
  }),
  ticket_replayed: row({
    ...notAuthorized,
    ...attack,
    meaning:
      'The ticket had admitted another handshake, or the same one from another address. A client that reuses tickets, or someone who read one.',
    remedy:
      'Compare the two presenters. The same address and agent: have the client request a ticket for each connection. Different ones: someone has read the ticket; find out where (URLs in logs, referrers, browser extensions), and end the session with `npx @admit-one/cli revoke`.',
  }),
  ticket_duplicate: row({
    ...notAuthorized,
    ...clientFault,
    meaning: 'A late copy of a message about a handshake that was admitted already. Harmless.',
    remedy: 'Nothing: the first copy was carried out.',
  }),
  ticket_in_use: row({
    ...notAuthorized,
    ...clientFault,
    meaning: 'Another handshake holds the ticket. It is free again when that lease ends.',
    remedy:
      'Have the client request a ticket for each connection. If the presenters differ, treat it as `ticket_replayed`.',
  }),
  route_mismatch: row({
    ...notAuthorized,
    ...policy,
    meaning: 'The ticket was issued for another route.',
    remedy:
      'Have the client request a ticket for the route that it connects to. One without a route is for the routes that ROUTE_REQUIRES lets its token use.',
  }),
  origin_mismatch: row({
    ...notAuthorized,
    ...policy,
    meaning: 'The ticket was issued for pages of another origin.',
    remedy:
      'Have the page that connects request its own ticket. If it did, someone else may have read the ticket: compare the two addresses.',
  }),
  address_mismatch: row({
    ...notAuthorized,
    ...policy,
    meaning: 'The ticket was issued for another address of the client.',
    remedy:
      'Do not bind tickets to addresses where clients change theirs: in mobile networks, and with IPv4 beside IPv6. If they do not, someone else may have read the ticket.',
  }),
  reservations_exhausted: row({
    ...notAuthorized,
    ...attack,
    meaning: 'The ticket was reserved sixteen times without an admission.',
    remedy:
      'Look at the releases of the ticket: an upstream or a proxy that fails each handshake, or someone who reserves without connecting.',
  }),
  ticket_revoked: row({
    ...revoked,
    ...policy,
    meaning: 'The ticket was revoked before its use.',
    remedy: 'Nothing, if the revocation was intended: the user logs in again.',
  }),
  session_revoked: row({
    ...revoked,
    ...policy,
    meaning: 'The session or user of the ticket was revoked.',
    remedy: 'Nothing, if the revocation was intended: the user logs in again.',
  }),
  ticket_consumed: row({
    code: 'ALREADY_CONSUMED',
    http: 409,
    close: null,
    client: 'stop',
    ...clientFault,
    meaning: 'A revocation came after the admission. The revoker closes the connection.',
    remedy: 'Close the connection that the ticket has opened.',
  }),
  origin_blocked: row({
    code: 'ORIGIN_BLOCKED',
    http: 403,
    close: 1008,
    client: 'stop',
    ...policy,
    toldToBrowsers: true,
    meaning: 'The Origin header is not in FRONTEND_ORIGINS, or is missing where REQUIRE_ORIGIN asks for one.',
    remedy:
      "If the page is yours, add its origin to FRONTEND_ORIGINS or FRONTEND_ORIGINS_FILE on the edges and the ticket-service. If not, a foreign page uses your users' browsers.",
  }),
  address_blocked: row({
    code: 'ADDRESS_BLOCKED',
    http: 403,
    close: 1008,
    client: 'stop',
    ...policy,
    toldToBrowsers: true,
    meaning: 'An operator has blocked the network of the client.',
    remedy:
      'Nothing, if the block was intended. `npx @admit-one/cli control` lists it, `npx @admit-one/cli undo` ends it.',
  }),
  reservation_lost: row({
    code: 'RESERVATION_LOST',
    http: 409,
    close: 4409,
    client: 'retry',
    ...clientFault,
    meaning: 'The confirm came when another handshake or connection held the ticket.',
    remedy:
      'Look for another connection of the same ticket. If there is none, look for an edge that was paused longer than the lease.',
  }),
  session_expired: row({
    code: 'SESSION_EXPIRED',
    http: null,
    close: 4408,
    client: 'refresh-token',
    ...planned,
    meaning: 'The token of a live connection expired and was not renewed.',
    remedy:
      'Nothing, if the client reconnects with a new token. If it does not, check that it refreshes its token.',
  }),
  lifetime_reached: row({
    code: 'RECONNECT',
    http: null,
    close: 1012,
    client: 'retry',
    ...planned,
    meaning: 'The connection reached CONNECTION_LIFETIME_SECONDS and was closed by plan.',
    remedy: 'Nothing: the client reconnects.',
  }),
  route_unknown: row({
    code: 'ROUTE_UNKNOWN',
    http: 404,
    close: 4504,
    client: 'stop',
    toldToBrowsers: true,
    ...clientFault,
    meaning: 'The path names no endpoint and no configured route.',
    remedy: 'Compare the path with ROUTES, and with what the proxy in front rewrites.',
  }),
  bad_upgrade: row({
    code: 'BAD_UPGRADE',
    http: 400,
    close: null,
    client: 'stop',
    ...clientFault,
    meaning: 'The upgrade request breaks RFC 6455: method, headers or key.',
    remedy:
      'Read the `detail` of the response. Check that the proxy in front passes WebSocket upgrades on unchanged.',
  }),
  headers_too_large: row({
    code: 'HEADERS_TOO_LARGE',
    http: 431,
    close: 1008,
    client: 'stop',
    ...clientFault,
    toldToBrowsers: true,
    meaning: 'The headers of the upgrade are too many or too large, often by cookies of the same domain.',
    remedy: 'Remove large cookies of the domain, or serve the edge from another host.',
  }),
  upgrade_required: row({
    code: 'BAD_UPGRADE',
    http: 426,
    close: null,
    client: 'stop',
    ...clientFault,
    meaning: 'A plain request on a WebSocket path, or a WebSocket version other than 13.',
    remedy:
      'Check that the proxy in front passes `Connection: Upgrade` and `Upgrade: websocket` on, over HTTP/1.1.',
  }),
  internal: row({
    code: 'INTERNAL',
    http: 500,
    close: 1011,
    client: 'retry',
    ...infrastructure,
    meaning: 'A bug of ours. The log line of the same traceId has the stack.',
    remedy: 'Find the log line of the same trace id, and report the bug with its stack.',
  }),
  ticket_service_unavailable: row({
    ...unavailable,
    ...infrastructure,
    meaning: 'No ticket-service answered over the bus within the deadline.',
    remedy: 'Check that ticket-services run and are ready, and the connection of the edges to NATS.',
  }),
  deadline_exceeded: row({
    ...unavailable,
    ...infrastructure,
    secondTry: true,
    recorded: false,
    meaning:
      'The command reached the ticket-service after its deadline, when its sender no longer waited for it.',
    remedy: 'Look for overloaded ticket-services, a slow store, or a slow NATS.',
  }),
  store_unavailable: row({
    code: 'REDIS_UNAVAILABLE',
    ...retrySoon,
    close: 1013,
    ...infrastructure,
    secondTry: true,
    meaning: 'The ticket store did not answer in time.',
    remedy: 'Check Redis: that it runs, its latency, its memory, and a failover in progress.',
  }),
  issuer_unavailable: row({
    code: 'ISSUER_UNAVAILABLE',
    ...retrySoon,
    close: null,
    ...infrastructure,
    meaning: "The issuer's JWKS could not be fetched and no usable key is cached.",
    remedy:
      "Check that the ticket-service reaches the issuer's JWKS URL: DNS, proxy, firewall, and the issuer itself.",
  }),
  audit_log_unavailable: row({
    code: 'AUDIT_UNAVAILABLE',
    ...retrySoon,
    close: null,
    ...infrastructure,
    meaning: 'The database of the audit log did not answer.',
    remedy: 'Check PostgreSQL: that it runs, its disk, and its connections.',
  }),
  edge_lost: row({
    ...unavailable,
    ...infrastructure,
    meaning:
      'The edge stopped or fell silent, and did not report how this connection ended. The audit log closed it.',
    remedy: 'Find out why the edge ended: its last log lines, its memory limit, its node.',
  }),
  upstream_unavailable: row({
    code: 'UPSTREAM_UNAVAILABLE',
    ...retrySoon,
    close: 1013,
    ...infrastructure,
    meaning: 'The bus behind a bridged route did not take a message.',
    remedy: 'Check NATS, and the connection of the edges to it.',
  }),
  upstream_failed: row({
    code: 'UPSTREAM_UNAVAILABLE',
    ...retrySoon,
    close: 1013,
    ...infrastructure,
    meaning:
      'The upstream of a proxy route could not be reached, did not answer the handshake within 3 s, answered with an error, or broke its connection.',
    remedy:
      'Read `err` of the log line. Check that the upstream runs, that the edges may reach it, and the address in ROUTES.',
  }),
  upstream_rejected: row({
    code: 'UPSTREAM_REJECTED',
    http: 403,
    close: 4505,
    client: 'stop',
    ...policy,
    toldToBrowsers: true,
    meaning:
      'The upstream of a proxy route answered the handshake with 400, 401, 403, 414 or 431, or selected none of the client’s subprotocols.',
    remedy:
      'Read the log of the upstream. If it accepts nobody, check that it verifies `X-Admit-Principal` with the keys of the edges.',
  }),
  rate_limited: row({
    ...rateLimited,
    ...policy,
    meaning: 'The rate limit of a client was reached.',
    remedy:
      'Find the source by its address and agent. If it is a whole network of rightful users, raise the limit.',
  }),
  issue_rate: row({
    ...rateLimited,
    ...policy,
    meaning:
      'The session or user asks for more tickets, renewals, statuses or log-outs than TICKETS_PER_SESSION_PER_MINUTE or TICKETS_PER_USER_PER_MINUTE.',
    remedy:
      'Find out why the client asks so often: usually it reconnects without a pause, or requests tickets that it does not use.',
  }),
  failure_rate: row({
    ...rateLimited,
    ...policy,
    meaning:
      'More requests of the network of the client failed than FAILED_TOKENS_PER_MINUTE or FAILED_UPGRADES_PER_MINUTE.',
    remedy:
      'Look at the earlier rejections of this network. If all clients seem to have one address, set TRUSTED_PROXIES.',
  }),
  user_connections: row({
    ...rateLimited,
    ...policy,
    meaning:
      'The session or user holds as many connections as MAX_CONNECTIONS_PER_SESSION or MAX_CONNECTIONS_PER_USER.',
    remedy:
      'Find out why the client opens so many connections: tabs can share one. If it needs them, raise the limit.',
  }),
  too_many_connections: row({
    ...rateLimited,
    ...policy,
    meaning: 'The edge holds MAX_CONNECTIONS connections.',
    remedy: 'Add edges, or raise MAX_CONNECTIONS and the limit of file descriptors.',
  }),
  overloaded: row({
    ...overloaded,
    ...infrastructure,
    meaning:
      'More handshakes are in flight than MAX_HANDSHAKES allows, or many handshakes compete for one ticket.',
    remedy: 'Add edges and ticket-services, or find what makes so many clients connect at once.',
  }),
  issuing_paused: row({
    code: 'ISSUING_PAUSED',
    http: 503,
    close: null,
    client: 'retry',
    retryAfterSeconds: 30,
    ...policy,
    meaning: 'An operator has paused the issuing of tickets.',
    remedy:
      'Nothing, if the pause was intended. `npx @admit-one/cli control` lists it, `npx @admit-one/cli undo` ends it.',
  }),
  control_stale: row({
    ...retrySoon,
    code: 'OUT_OF_DATE',
    close: 1012,
    ...infrastructure,
    meaning:
      'The edge has not heard of revocations for longer than REVOCATION_MAX_STALENESS_SECONDS allows on this route.',
    remedy: 'Check the connection of the edge to NATS, and that ticket-services run.',
  }),
  outbox_full: row({
    ...overloaded,
    ...infrastructure,
    meaning:
      'The outbox is at its bound: the relay does not get events out, and nothing continues unaudited.',
    remedy:
      'Check NATS and the event stream: the relay must be able to publish. The metrics of the outbox say how much room is left.',
  }),
  draining: row({
    code: 'RESTARTING',
    ...retrySoon,
    close: 1012,
    ...planned,
    meaning: 'The instance is shutting down.',
    remedy: 'Nothing, if an instance was being replaced. If it repeats, find out why instances restart.',
  }),
  jwt_pathway_closed: row({
    ...notAuthorized,
    ...policy,
    recorded: false,
    meaning:
      'The handshake presented a JWT, and JWTs are not accepted for this user, route and client: see AUTH_PATHWAYS and JWT_PATHWAY_PERCENT.',
    remedy:
      'Nothing, if the migration to tickets has come so far. Otherwise set AUTH_PATHWAYS=ticket,jwt on the ticket-service too, and look at JWT_PATHWAY_PERCENT.',
  }),
  token_invalid: row({
    code: 'INVALID_TOKEN',
    http: 401,
    close: 4401,
    client: 'refresh-token',
    ...clientFault,
    challenge: 'invalid_token',
    toldToBrowsers: true,
    meaning: 'The JWT is missing, malformed, expired, badly signed, or for another issuer or audience.',
    remedy:
      'Read the `detail` of the response for the check that failed; `npx @admit-one/cli doctor --token -` explains a token.',
  }),
  session_missing: row({
    code: 'MISSING_SESSION',
    http: 401,
    close: 4502,
    client: 'stop',
    ...clientFault,
    challenge: 'invalid_token',
    toldToBrowsers: true,
    meaning: 'The JWT names no session: see JWT_SESSION_CLAIMS and SESSION_POLICY.',
    remedy: 'Set JWT_SESSION_CLAIMS to the claim that holds the session, or SESSION_POLICY=derive.',
  }),
  scope_missing: row({
    code: 'INSUFFICIENT_SCOPE',
    http: 403,
    close: 4503,
    client: 'stop',
    toldToBrowsers: true,
    ...policy,
    challenge: 'insufficient_scope',
    meaning: 'The JWT is good but lacks the scope that the endpoint needs (RFC 6750).',
    remedy: 'Have the issuer put the scope into the token, or map a claim to it with OPERATOR_SCOPE_RULES.',
  }),
  request_invalid: row({
    code: 'INVALID_REQUEST',
    http: 400,
    close: null,
    client: 'stop',
    ...clientFault,
    meaning: 'A body, parameter or header of an HTTP request is not of the documented form.',
    remedy: 'Read the `detail` of the response: it names what is wrong.',
  }),
  anonymous_disabled: row({
    code: 'ANONYMOUS_DISABLED',
    http: 403,
    close: null,
    client: 'stop',
    ...policy,
    meaning: 'An anonymous session was asked for where ANONYMOUS_SESSIONS is off.',
    remedy: 'Set ANONYMOUS_SESSIONS=true if visitors without a login may connect.',
  }),
  message_too_big: row({
    code: 'MESSAGE_TOO_BIG',
    http: 413,
    close: 1009,
    client: 'retry',
    ...clientFault,
    meaning: 'A message or body exceeds its limit (MAX_MESSAGE_BYTES on connections).',
    remedy: 'Have the client send smaller messages, or raise MAX_MESSAGE_BYTES.',
  }),
  message_rate: row({
    ...rateLimited,
    ...policy,
    meaning: 'A connection sends messages too fast.',
    remedy:
      'Find out why the client sends so much, or raise MAX_MESSAGES_PER_SECOND or MAX_BYTES_PER_SECOND.',
  }),
  reader_slow: row({
    code: 'TOO_SLOW',
    http: null,
    close: 4410,
    client: 'retry',
    ...clientFault,
    meaning: 'More than MAX_BUFFERED_BYTES wait for a client that does not read.',
    remedy:
      'Send this client less, or raise MAX_BUFFERED_BYTES. Slow networks and suspended pages are usual causes.',
  }),
} as const satisfies Record<string, ReasonRow>;

/** The exact cause of a rejection: for the audit log, logs and metrics, never for strangers. */
export type Reason = keyof typeof reasons;

/** The row of a reason, with the table's common type. */
export function reasonRow(reason: Reason): ReasonRow {
  return reasons[reason];
}

const clientActions: Readonly<Record<ClientAction, string>> = {
  stop: 'The client stops until the application resumes it.',
  retry: 'The client tries again by itself.',
  'refresh-token': 'The client refreshes its token and tries again by itself.',
};

/** What an operator does about a reason, and what the client does meanwhile. */
export function whatToDo(reason: Reason): string {
  const { remedy, client } = reasonRow(reason);
  return `${remedy} ${clientActions[client]}`;
}

/** Whether a value names a row of the table. */
export function isReason(value: unknown): value is Reason {
  return typeof value === 'string' && Object.hasOwn(reasons, value);
}

/** Whether a close code means stop: no automatic retry until the application resumes. */
export function closeMeansStop(code: number): boolean {
  return code === 1000 || code === 1005 || code === 1008 || (code >= 4500 && code <= 4999);
}
