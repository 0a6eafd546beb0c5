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
} from './reasons.ts';

const rows = (Object.keys(reasons) as Reason[]).map((reason) => ({ reason, ...reasonRow(reason) }));
const closing = rows.flatMap((row) => (row.close === null ? [] : [{ ...row, close: row.close }]));

/** What the world is told is a contract with clients: a line per refusal that the protocol names. */
const contract: readonly (readonly [
  readonly Reason[],
  PublicCode,
  number | null,
  number | null,
  ClientAction,
])[] = [
  [['ticket_missing', 'ticket_malformed', 'ticket_unknown'], 'NOT_AUTHORIZED', 401, 4401, 'retry'],
  [['ticket_expired', 'ticket_replayed', 'ticket_duplicate'], 'NOT_AUTHORIZED', 401, 4401, 'retry'],
  [['ticket_in_use', 'route_mismatch', 'reservations_exhausted'], 'NOT_AUTHORIZED', 401, 4401, 'retry'],
  [['ticket_revoked', 'session_revoked'], 'SESSION_REVOKED', 401, 4501, 'stop'],
  [['origin_blocked'], 'ORIGIN_BLOCKED', 403, 1008, 'stop'],
  [['reservation_lost'], 'RESERVATION_LOST', 409, 4409, 'retry'],
  [['session_expired'], 'SESSION_EXPIRED', null, 4408, 'refresh-token'],
  [['lifetime_reached'], 'RECONNECT', null, 1012, 'retry'],
  [['route_unknown'], 'ROUTE_UNKNOWN', 404, null, 'stop'],
  [['bad_upgrade'], 'BAD_UPGRADE', 400, null, 'stop'],
  [['upgrade_required'], 'BAD_UPGRADE', 426, null, 'stop'],
  [['internal'], 'INTERNAL', 500, 1011, 'retry'],
  [['ticket_service_unavailable', 'deadline_exceeded'], 'UNAVAILABLE', 503, 1013, 'retry'],
  [['store_unavailable'], 'REDIS_UNAVAILABLE', 503, 1013, 'retry'],
  [['issuer_unavailable'], 'ISSUER_UNAVAILABLE', 503, null, 'retry'],
  [['upstream_unavailable'], 'UPSTREAM_UNAVAILABLE', 503, 1013, 'retry'],
  [['rate_limited', 'too_many_connections', 'message_rate'], 'RATE_LIMITED', 429, 4429, 'retry'],
  [['overloaded', 'outbox_full'], 'OVERLOADED', 503, 1013, 'retry'],
  [['draining'], 'RESTARTING', 503, 1012, 'retry'],
  [['token_invalid'], 'INVALID_TOKEN', 401, null, 'refresh-token'],
  [['session_missing'], 'MISSING_SESSION', 401, null, 'stop'],
  [['message_too_big'], 'MESSAGE_TOO_BIG', 413, 1009, 'retry'],
  [['reader_slow'], 'TOO_SLOW', null, 4410, 'retry'],
];

describe('the reasons table', () => {
  it.each(contract)('%j: %s, HTTP %s, close %s, %s', (same, code, http, close, client) => {
    for (const reason of same) expect(reasonRow(reason)).toMatchObject({ code, http, close, client });
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

  it.each(rows)('$reason: has a public code and a meaning of its own', ({ code, meaning }) => {
    expect(publicCodes).toHaveProperty(code);
    expect(meaning).toMatch(/^[A-Z].{15,}\.$/s);
    expect(rows.filter((row) => row.meaning === meaning)).toHaveLength(1);
  });
});

describe('a public code', () => {
  const codes = Object.keys(publicCodes) as PublicCode[];
  /** An improper upgrade and a missing one differ in their HTTP status alone. */
  const severalStatuses: readonly PublicCode[] = ['BAD_UPGRADE'];

  it.each(codes)('%s is used, and tells its reasons apart for nobody', (code) => {
    const told = rows
      .filter((row) => row.code === code)
      .map(({ http, close, client }) =>
        JSON.stringify([severalStatuses.includes(code) ? null : http, close, client]),
      );
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
