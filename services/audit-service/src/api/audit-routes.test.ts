import { type AuditLog, AuditLogError, newId, producedEventTypes } from '@admit-one/core';
import { appendEvents } from '@admit-one/port-contracts';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Engines, eventOf, type Fixture, startEngines, startFixture } from '../audit-service.fixture.ts';

let engines: Engines;
let fixture: Fixture;

const start = Date.parse('2026-01-31T12:00:00Z');
const principal = { issuer: 'main', session: 'session-a', user: "o'hara" };
const auditEvents = [
  eventOf({
    type: 'admit.ticket.issued',
    partitionkey: 'p00.epoch',
    sequence: 1,
    time: start,
    subject: 'ticket-a',
    data: { principal },
  }),
  eventOf({
    type: 'admit.ticket.consumed',
    partitionkey: 'p00.epoch',
    sequence: 2,
    time: start + 1_000,
    subject: 'ticket-a',
    data: { principal, connection: 'connection-a' },
  }),
  eventOf({
    type: 'admit.ticket.rejected',
    partitionkey: 'p00.epoch',
    sequence: 4,
    time: start + 2_000,
    subject: 'ticket-a',
    data: {
      principal: { ...principal, session: 'session-b' },
      reason: 'ticket_replayed',
      text: 'NUL \0 \ud800',
    },
  }),
  eventOf({
    type: 'admit.handshake.rejected',
    partitionkey: 'edge',
    sequence: 1,
    time: start + 3_000,
    data: { reason: 'origin_blocked' },
  }),
];

beforeAll(async () => {
  engines = await startEngines();
  fixture = await startFixture(engines);
  await appendEvents(engines.auditLog, auditEvents);
});
afterAll(async () => {
  await fixture?.stop();
  await engines?.close();
});

/** The audit log's own events, by their place in it; others are the service's reports of itself. */
async function find(query: string): Promise<readonly number[]> {
  const { status, body } = await fixture.get(`/api/v1/audit/events?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.events
    .map(({ id }) => auditEvents.findIndex((event) => event.id === id))
    .filter((place) => place >= 0);
}

describe('GET /api/v1/audit/events', () => {
  test('gives events back as they were, oldest first', async () => {
    const { status, headers, body } = await fixture.get('/api/v1/audit/events');
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body.events.slice(0, auditEvents.length)).toEqual(auditEvents);
    expect(body.next).toBeNull();
  });

  test.each<[string, readonly number[]]>([
    ['type=admit.ticket.issued', [0]],
    ['type=admit.ticket.issued&type=admit.handshake.rejected', [0, 3]],
    ['ticket=ticket-a', [0, 1, 2]],
    ['session=session-b', [2]],
    ['user=o%27hara', [0, 1, 2]],
    ['connection=connection-a', [1]],
    ['reason=ticket_replayed', [2]],
    ['from=2026-01-31T12:00:01Z', [1, 2, 3]],
    ['to=2026-01-31T12:00:01Z', [0]],
    ['from=2026-01-31T13:00:01%2B01:00&to=2026-01-31T12:00:02.001Z', [1, 2]],
    ['order=desc&session=session-a', [1, 0]],
    ['ticket=ticket-a&reason=origin_blocked', []],
    ['user=%27%20OR%201%3D1%20--', []],
    ['user=%25', []],
    ['user=%00', []],
  ])('?%s', async (query, places) => {
    expect(await find(query)).toEqual(places);
  });

  test('goes through pages by cursor', async () => {
    const first = await fixture.get('/api/v1/audit/events?ticket=ticket-a&limit=2');
    expect(first.body.events).toEqual(auditEvents.slice(0, 2));
    const second = await fixture.get(
      `/api/v1/audit/events?ticket=ticket-a&limit=2&cursor=${first.body.next}`,
    );
    expect(second.body).toEqual({ events: [auditEvents[2]], next: null });
  });

  test.each<[string, string]>([
    [
      'typ=x',
      'There is no parameter "typ" here, only type, ticket, session, user, connection, reason, from,',
    ],
    ['type=admit.ticket.eaten', 'type must be one of admit.ticket.issued, '],
    ['limit=0', 'limit must be >= 1.'],
    ['limit=1001', 'limit must be <= 1000.'],
    ['limit=ten', 'limit must be integer.'],
    ['limit=', 'limit must be '],
    ['order=up', 'order must be one of asc, desc.'],
    ['from=yesterday', 'from must be a date and time of RFC 3339, such as'],
    ['from=2026-02-30T00:00:00Z', 'from must be a date and time of RFC 3339'],
    ['to=2026-01-31T12:00:00', 'to must be a date and time of RFC 3339'],
    ['to=2026-01-31T12:00:00+01:00', 'to must be a date and time of RFC 3339'],
    ['from=2016-12-31T23:59:60Z', 'from must be a date and time of RFC 3339'],
    ['from=0000-01-01T00:00:00%2B23:59', 'from must be a date and time of RFC 3339'],
    ['to=9999-12-31T23:59:59-23:59', 'to must be a date and time of RFC 3339'],
    ['ticket=', 'ticket must NOT have fewer than 1 characters.'],
    ['ticket=a&ticket=b', 'ticket must be string.'],
    ['cursor=nonsense', 'cursor must be what a page gave as next.'],
    [`user=${'x'.repeat(513)}`, 'user must NOT have more than 512 characters.'],
  ])('rejects ?%s, and says why', async (query, detail) => {
    const { status, body } = await fixture.get(`/api/v1/audit/events?${query}`);
    expect(body).toMatchObject({ code: 'INVALID_REQUEST', detail: expect.stringContaining(detail) });
    expect(status).toBe(400);
  });

  test('names every event type as a filter', async () => {
    for (const type of producedEventTypes)
      expect((await fixture.get(`/api/v1/audit/events?type=${type}`)).status).toBe(200);
  });
});

describe('GET /api/v1/audit/sequences', () => {
  const holed = {
    ...{ partitionkey: 'p00.epoch', first: 1, last: 4, announced: 4, missing: [[3, 3]], missingCount: 1 },
    ...{ conflictCount: 0, state: 'open', tailUnknownSince: null },
  };

  test('tells how far each numbering is, and what is missing', async () => {
    const { body } = await fixture.get('/api/v1/audit/sequences');
    expect(body.partitions).toEqual(
      expect.arrayContaining([
        expect.objectContaining(holed),
        expect.objectContaining({ partitionkey: 'edge', first: 1, last: 1, missing: [], missingCount: 0 }),
      ]),
    );
  });

  test('leaves out what is complete, on demand', async () => {
    const { body } = await fixture.get('/api/v1/audit/sequences?incomplete=true');
    expect(body).toEqual({ partitions: [{ ...holed, seenAt: expect.stringMatching(/Z$/) }] });
  });

  test('rejects other parameters', async () => {
    const { body } = await fixture.get('/api/v1/audit/sequences?missing=1');
    expect(body).toMatchObject({
      code: 'INVALID_REQUEST',
      detail: expect.stringContaining('only incomplete.'),
    });
  });
});

describe('who may read', () => {
  const paths = ['/api/v1/audit/events', '/api/v1/audit/sequences', '/api/v1/audit/events?typ=x'];
  const now = Math.floor(Date.now() / 1000);

  test.each<[string, Record<string, unknown>, number, string | undefined]>([
    ['scope', { scope: 'audit:read' }, 200, undefined],
    ['one scope of several', { scope: 'openid audit:read profile' }, 200, undefined],
    ['scp as a list', { scp: ['audit:read'] }, 200, undefined],
    ['scp as a string', { scp: 'openid audit:read' }, 200, undefined],
    ['no scope', {}, 403, 'INSUFFICIENT_SCOPE'],
    ['another scope', { scope: 'audit:readonly xaudit:read' }, 403, 'INSUFFICIENT_SCOPE'],
    ['a scope of another form', { scope: { 'audit:read': true }, scp: 1 }, 403, 'INSUFFICIENT_SCOPE'],
    ['another audience', { scope: 'audit:read', aud: 'admit-one' }, 401, 'INVALID_TOKEN'],
    ['another issuer', { scope: 'audit:read', iss: 'urn:admit-one:anonymous' }, 401, 'INVALID_TOKEN'],
    ['an end', { scope: 'audit:read', iat: now - 900, exp: now - 600 }, 401, 'INVALID_TOKEN'],
  ])('a token with %s', async (_name, claims, status, code) => {
    const token = await engines.provider.token(claims);
    const answer = await fixture.get('/api/v1/audit/events', token);
    expect(answer.status).toBe(status);
    expect(answer.body.code).toBe(code);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(JSON.stringify(answer.body)).not.toContain(token);
  });

  test('nobody without a token, on any path, before anything else is checked', async () => {
    for (const path of paths) {
      const { status, headers, body } = await fixture.get(path, null);
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toBe('Bearer');
      expect(body).toMatchObject({
        code: 'INVALID_TOKEN',
        detail: expect.stringContaining('no bearer token'),
      });
    }
  });

  test('the rejection says which check failed', async () => {
    const token = await engines.provider.token({ scope: 'audit:read', aud: 'someone-else' });
    const { body } = await fixture.get('/api/v1/audit/events', token);
    expect(body.detail).toMatch(/audience/);
    expect(fixture.logs.text).not.toContain(token);
  });

  test('nobody can be told while the keys are out of reach', async () => {
    engines.provider.behave('failing');
    onTestFinished(() => engines.provider.behave('up'));
    const fresh = await startFixture(engines);
    onTestFinished(() => fresh.stop());
    const { status, body } = await fresh.get('/api/v1/audit/events');
    expect(status).toBe(503);
    expect(body.code).toBe('ISSUER_UNAVAILABLE');
  });
});

test('an audit log that does not answer is 503, shows nothing of it, and the read is recorded', async () => {
  const auditLog: AuditLog = {
    ...engines.auditLog,
    query: () => Promise.reject(new AuditLogError('unavailable', `password ${newId()}`)),
  };
  const broken = await startFixture(engines, { auditLog });
  onTestFinished(() => broken.stop());
  const { status, body } = await broken.get('/api/v1/audit/events');
  expect(status).toBe(503);
  expect(body.code).toBe('AUDIT_UNAVAILABLE');
  expect(JSON.stringify(body)).not.toContain('password');
  const accessed = async () => {
    const filter = { facts: { type: { include: ['admit.audit.accessed'] } } };
    const { events } = await engines.auditLog.query(filter, { limit: 1000, order: 'asc' });
    return events.filter(({ source }) => source === broken.instance).map(({ data }) => data);
  };
  await expect.poll(accessed).toMatchObject([{ reason: 'audit_log_unavailable', count: 1 }]);
});

test('the OpenAPI document tells of both, their parameters and answers', async () => {
  const { body } = await fixture.get('/openapi.json', null);
  const paths = body.paths as Record<string, { get: { parameters: { name: string }[]; security: unknown } }>;
  const events = paths['/api/v1/audit/events']?.get;
  expect(events?.parameters.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['type', 'ticket', 'session', 'from', 'to', 'limit', 'cursor', 'order']),
  );
  expect(events?.security).toEqual([{ bearer: [] }]);
  expect(events).toMatchObject({ responses: { 200: { content: { 'application/json': {} } } } });
  expect(paths['/api/v1/audit/sequences']).toBeDefined();
});
