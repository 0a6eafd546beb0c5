import { describe, expect, it } from 'vitest';
import {
  type ClientAction,
  closeMeansStop,
  isReason,
  type PublicCode,
  publicCodes,
  type Reason,
  type ReasonRow,
  reasonRow,
  reasons,
  whatToDo,
} from './reasons.ts';

const rows = (Object.keys(reasons) as Reason[]).map((reason) => ({ reason, ...reasonRow(reason) }));
const closing = rows.flatMap((row) => (row.close === null ? [] : [{ ...row, close: row.close }]));

type Contract = readonly [readonly Reason[], Partial<ReasonRow>];

/** What clients and browsers see is a contract: every reason is in one of these lines. */
const contract: readonly Contract[] = [
  [
    ['ticket_missing', 'ticket_malformed', 'ticket_unknown', 'ticket_expired', 'ticket_replayed'],
    notAuthorized(),
  ],
  [['ticket_duplicate', 'ticket_in_use', 'reservations_exhausted'], notAuthorized()],
  [['route_mismatch', 'origin_mismatch', 'address_mismatch'], notAuthorized()],
  [
    ['ticket_revoked', 'session_revoked'],
    {
      ...seen('SESSION_REVOKED', 401, 4501, 'stop'),
      challenge: 'scheme',
      toldToBrowsers: true,
    },
  ],
  [['ticket_consumed'], seen('ALREADY_CONSUMED', 409, null, 'stop')],
  [['origin_blocked'], { ...seen('ORIGIN_BLOCKED', 403, 1008, 'stop'), toldToBrowsers: true }],
  [['address_blocked'], { ...seen('ADDRESS_BLOCKED', 403, 1008, 'stop'), toldToBrowsers: true }],
  [['issuing_paused'], { ...seen('ISSUING_PAUSED', 503, null, 'retry'), retryAfterSeconds: 30 }],
  [['control_stale'], { ...seen('OUT_OF_DATE', 503, 1012, 'retry'), retryAfterSeconds: 1 }],
  [['reservation_lost'], seen('RESERVATION_LOST', 409, 4409, 'retry')],
  [['session_expired'], seen('SESSION_EXPIRED', null, 4408, 'refresh-token')],
  [['lifetime_reached'], seen('RECONNECT', null, 1012, 'retry')],
  [['route_unknown'], { ...seen('ROUTE_UNKNOWN', 404, 4504, 'stop'), toldToBrowsers: true }],
  [['bad_upgrade'], seen('BAD_UPGRADE', 400, null, 'stop')],
  [['headers_too_large'], { ...seen('HEADERS_TOO_LARGE', 431, 1008, 'stop'), toldToBrowsers: true }],
  [['upgrade_required'], seen('BAD_UPGRADE', 426, null, 'stop')],
  [['internal'], seen('INTERNAL', 500, 1011, 'retry')],
  [['ticket_service_unavailable'], { ...seen('UNAVAILABLE', 503, 1013, 'retry'), retryAfterSeconds: 1 }],
  [
    ['deadline_exceeded'],
    {
      ...seen('UNAVAILABLE', 503, 1013, 'retry'),
      retryAfterSeconds: 1,
      secondTry: true,
      recorded: false,
    },
  ],
  [
    ['store_unavailable'],
    { ...seen('REDIS_UNAVAILABLE', 503, 1013, 'retry'), retryAfterSeconds: 1, secondTry: true },
  ],
  [['issuer_unavailable'], { ...seen('ISSUER_UNAVAILABLE', 503, null, 'retry'), retryAfterSeconds: 1 }],
  [['audit_log_unavailable'], { ...seen('AUDIT_UNAVAILABLE', 503, null, 'retry'), retryAfterSeconds: 1 }],
  [['edge_lost'], { ...seen('UNAVAILABLE', 503, 1013, 'retry'), retryAfterSeconds: 1 }],
  [
    ['upstream_unavailable', 'upstream_failed'],
    { ...seen('UPSTREAM_UNAVAILABLE', 503, 1013, 'retry'), retryAfterSeconds: 1 },
  ],
  [['upstream_rejected'], { ...seen('UPSTREAM_REJECTED', 403, 4505, 'stop'), toldToBrowsers: true }],
  [
    [
      'rate_limited',
      'issue_rate',
      'failure_rate',
      'user_connections',
      'too_many_connections',
      'message_rate',
    ],
    { ...seen('RATE_LIMITED', 429, 4429, 'retry'), retryAfterSeconds: 5 },
  ],
  [['overloaded', 'outbox_full'], { ...seen('OVERLOADED', 503, 1013, 'retry'), retryAfterSeconds: 1 }],
  [['draining'], { ...seen('RESTARTING', 503, 1012, 'retry'), retryAfterSeconds: 1 }],
  [['jwt_pathway_closed'], { ...notAuthorized(), recorded: false }],
  [
    ['token_invalid'],
    {
      ...seen('INVALID_TOKEN', 401, 4401, 'refresh-token'),
      ...{ challenge: 'invalid_token', toldToBrowsers: true },
    },
  ],
  [
    ['session_missing'],
    { ...seen('MISSING_SESSION', 401, 4502, 'stop'), challenge: 'invalid_token', toldToBrowsers: true },
  ],
  [
    ['scope_missing'],
    {
      ...seen('INSUFFICIENT_SCOPE', 403, 4503, 'stop'),
      challenge: 'insufficient_scope',
      toldToBrowsers: true,
    },
  ],
  [['request_invalid'], seen('INVALID_REQUEST', 400, null, 'stop')],
  [['anonymous_disabled'], seen('ANONYMOUS_DISABLED', 403, null, 'stop')],
  [['message_too_big'], seen('MESSAGE_TOO_BIG', 413, 1009, 'retry')],
  [['reader_slow'], seen('TOO_SLOW', null, 4410, 'retry')],
];

/** The columns that clients see, with the usual values in the others. */
function seen(code: PublicCode, http: number | null, close: number | null, client: ClientAction) {
  const usual = { retryAfterSeconds: null, challenge: null, toldToBrowsers: false };
  return { code, http, close, client, ...usual, secondTry: false, recorded: true };
}

function notAuthorized(): Partial<ReasonRow> {
  return { ...seen('NOT_AUTHORIZED', 401, 4401, 'retry'), challenge: 'scheme', toldToBrowsers: true };
}

describe('the reasons table', () => {
  it.each(contract)('%j: %j', (same, columns) => {
    for (const reason of same) expect(reasonRow(reason)).toMatchObject(columns);
  });

  it('has a line of the contract for every reason, and one only', () => {
    expect(contract.flatMap(([same]) => same).sort()).toEqual(rows.map(({ reason }) => reason).sort());
  });

  it.each(rows)('$reason: has Retry-After exactly where it is 429 or 503', ({ http, retryAfterSeconds }) => {
    expect(retryAfterSeconds !== null).toBe(http === 429 || http === 503);
  });

  it.each(rows)('$reason: has a challenge where it is 401', ({ http, challenge }) => {
    if (http === 401) expect(challenge).not.toBeNull();
    if (challenge === 'insufficient_scope') expect(http).toBe(403);
  });

  it.each(rows)('$reason: is not told to browsers where it would hide an outage', (row) => {
    if (row.toldToBrowsers) expect(row.fault).not.toBe('infrastructure');
    if (row.toldToBrowsers) expect(row.close).not.toBeNull();
  });

  it.each(rows)('$reason: answers a request, closes a connection, or both', ({ http, close }) => {
    expect(http ?? close).not.toBeNull();
  });

  it.each(closing)('$reason: close code $close means what the client does', ({ close, client }) => {
    expect(closeMeansStop(close)).toBe(client === 'stop');
    expect(close).toSatisfy(mayBeSent);
  });

  it.each(rows)('$reason: HTTP $http means what the client does', ({ http, client }) => {
    if (http === null) return;
    expect(http).toBeGreaterThanOrEqual(400);
    if (http >= 500 || http === 429) expect(client).toBe('retry');
    if (http === 404 || http === 403 || http === 400) expect(client).toBe('stop');
  });

  it.each(rows)('$reason: is $severity, as its fault is $fault', ({ fault, severity, http }) => {
    expect(severity === 'CRITICAL').toBe(fault === 'infrastructure');
    if (fault === 'infrastructure') expect(http).toBeGreaterThanOrEqual(500);
  });

  it.each(rows)('$reason: has a public code and its own meaning', ({ code, meaning }) => {
    expect(publicCodes).toHaveProperty(code);
    expect(meaning).toMatch(/^[A-Z].{15,}\.$/s);
    expect(rows.filter((row) => row.meaning === meaning)).toHaveLength(1);
  });

  it.each(rows)('$reason: says what to do, and what the client does', ({ reason, remedy }) => {
    expect(remedy).toMatch(/^[A-Z].{5,}\.$/);
    expect(whatToDo(reason)).toMatch(/\. The client (stops|tries again|refreshes) .*\.$/);
  });
});

describe('a public code', () => {
  const codes = Object.keys(publicCodes) as PublicCode[];
  /** An improper upgrade and a missing one differ in their HTTP status alone. */
  const severalStatuses: readonly PublicCode[] = ['BAD_UPGRADE'];

  it.each(codes)('%s is used, and does not distinguish its reasons', (code) => {
    const told = rows
      .filter((row) => row.code === code)
      .map(({ http, close, client, retryAfterSeconds, challenge, toldToBrowsers }) => {
        const status = severalStatuses.includes(code) ? null : http;
        return JSON.stringify([status, close, client, retryAfterSeconds, challenge, toldToBrowsers]);
      });
    expect(new Set(told)).toHaveLength(1);
  });

  it.each(codes)('%s fits a close frame with a Retry-After', (code) => {
    expect(Buffer.byteLength(`${code} 86400`)).toBeLessThanOrEqual(123);
  });

  it('hides what would tell an attacker something about a ticket', () => {
    const aboutTickets = rows.filter(({ reason }) => reason.startsWith('ticket_'));
    const telling: readonly Reason[] = ['ticket_revoked', 'ticket_consumed', 'ticket_service_unavailable'];
    expect(
      aboutTickets.filter(({ reason, code }) => code !== 'NOT_AUTHORIZED' && !telling.includes(reason)),
    ).toEqual([]);
  });
});

describe('a close code', () => {
  it.each([
    [1000, true],
    [1001, false],
    [1005, true],
    [1006, false],
    [1008, true],
    [1009, false],
    [1011, false],
    [1012, false],
    [1013, false],
    [4000, false],
    [4499, false],
    [4500, true],
    [4999, true],
  ])('%i means stop: %s', (code, stop) => expect(closeMeansStop(code)).toBe(stop));
});

describe('isReason', () => {
  it('knows every row', () => expect(Object.keys(reasons).filter((key) => !isReason(key))).toEqual([]));
  it.each(['', 'nonsense', 'toString', '__proto__', 'TICKET_UNKNOWN', null, 1])('does not know %j', (value) =>
    expect(isReason(value)).toBe(false),
  );
});

/** RFC 6455, section 7.4: what an endpoint may put into a close frame, and the range for applications. */
function mayBeSent(close: NonNullable<ReasonRow['close']>): boolean {
  return [1001, 1008, 1009, 1011, 1012, 1013].includes(close) || (close >= 4000 && close <= 4999);
}
