import {
  type AuditLog,
  AuditLogError,
  eventTypes,
  filterFacts,
  newId,
  proofOf,
  ticketIdOf,
} from '@admit-one/core';
import { appendEvents } from '@admit-one/port-contracts';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Engines, eventOf, type Fixture, startEngines, startFixture } from '../audit-service.fixture.ts';

let engines: Engines;
let fixture: Fixture;

const start = Date.parse('2026-01-31T12:00:00Z');
const ticket = '0123456789abcdef0123456789abcdef';
const ticketId = ticketIdOf(proofOf(ticket));
const principal = { issuer: 'main', session: 'session-a', user: "o'hara", attributes: { plan: 'pro' } };
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
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    data: { reason: 'origin_blocked', context: { address: '203.0.113.7', agent: '=HYPERLINK("x")' } },
  }),
  eventOf({
    type: 'admit.ticket.issued',
    partitionkey: 'p01.epoch',
    sequence: 1,
    time: start + 4_000,
    subject: ticketId,
  }),
];

/** What was recorded of who read through a service. */
async function accessesOf({ instance }: Fixture) {
  const filter = { facts: { type: { include: ['admit.audit.accessed'] }, source: { include: [instance] } } };
  const { events } = await engines.auditLog.query(filter, { limit: 1000, order: 'asc' });
  return events.map(({ data }) => data);
}

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
    const stored = auditEvents.map((event) => ({
      ...event,
      position: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    }));
    expect(body.events.slice(0, auditEvents.length)).toEqual(stored);
    expect(body).toMatchObject({ end: true, next: expect.any(String), scannedTo: expect.any(String) });
  });

  test.each<[string, readonly number[]]>([
    ['type=admit.ticket.issued', [0, 4]],
    ['type=admit.ticket.issued&type=admit.handshake.rejected', [0, 3, 4]],
    ['type!=admit.ticket.issued&ticket=ticket-a', [1, 2]],
    ['ticket=ticket-a', [0, 1, 2]],
    ['session=session-b', [2]],
    ['user=o%27hara', [0, 1, 2]],
    ['connection=connection-a', [1]],
    ['reason=ticket_replayed', [2]],
    ['reason=ticket_replayed&reason=origin_blocked', [2, 3]],
    ['reason!=ticket_replayed&to=2026-02-01T00:00:00Z', [0, 1, 3, 4]],
    ['address=203.0.113.7', [3]],
    ['address=203.0.113.0/24', [3]],
    ['address!=203.0.113.0/24&reason=origin_blocked', []],
    ['attribute.plan=pro', [0, 1, 2]],
    ['attribute.plan!=pro&reason=origin_blocked', [3]],
    ['q=ticket-a', [0, 1, 2]],
    ['q=connection-a', [1]],
    ['q=session-b', [2]],
    ['q=203.0.113.7', [3]],
    ['q=0af7651916cd43dd8448eb211c80319c', [3]],
    ['q=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', [3]],
    ['q=nothing-like-this', []],
    [`q=${ticket}`, [4]],
    [`ticket=${ticket}`, [4]],
    ['from=2026-01-31T12:00:01Z', [1, 2, 3, 4]],
    ['to=2026-01-31T12:00:01Z', [0]],
    ['from=2026-01-31T13:00:01%2B01:00&to=2026-01-31T12:00:02.001Z', [1, 2]],
    ['from=-1h', []],
    ['order=desc&session=session-a', [1, 0]],
    ['ticket=ticket-a&reason=origin_blocked', []],
    ['user=%27%20OR%201%3D1%20--', []],
    ['user=%25', []],
  ])('?%s', async (query, places) => {
    expect(await find(query)).toEqual(places);
  });

  test('goes through pages by cursor, and on from the end', async () => {
    const first = await fixture.get('/api/v1/audit/events?ticket=ticket-a&limit=2');
    expect(first.body).toMatchObject({ events: auditEvents.slice(0, 2), end: false });
    const path = '/api/v1/audit/events?ticket=ticket-a&limit=2&cursor=';
    const second = await fixture.get(`${path}${first.body.next}`);
    expect(second.body).toMatchObject({ events: [auditEvents[2]], end: true });
    expect((await fixture.get(`${path}${second.body.next}`)).body).toMatchObject({ events: [], end: true });
  });

  test('goes on behind a position', async () => {
    const { body } = await fixture.get('/api/v1/audit/events?ticket=ticket-a&limit=1');
    const since = `/api/v1/audit/events?ticket=ticket-a&since=`;
    const next = await fixture.get(`${since}${body.events[0]?.position}`);
    expect(next.body.events).toMatchObject(auditEvents.slice(1, 3));
    expect((await fixture.get(`${since}${next.body.next}`)).body.events).toEqual([]);
  });

  // What is wrong with each parameter is tested where it is read.
  test.each<[string, string]>([
    ['typ=x', 'There is no parameter "typ" here, only type, reason, ticket, session, user,'],
    ['reason=x', 'reason must be one of ticket_missing, '],
    ['type=admit.ticket.eaten', 'type must be one of admit.ticket.issued, '],
    ['limit=1001', 'limit must be a whole number from 1 to 1000, such as 100.'],
    ['from=yesterday', 'from must be a date and time of RFC 3339'],
    ['cursor=nonsense', 'cursor must be what a page gave as next.'],
    ['format=xml', 'format must be one of cloudevents, ocsf'],
  ])('rejects ?%s, and says why', async (query, detail) => {
    const { status, body } = await fixture.get(`/api/v1/audit/events?${query}`);
    expect(body).toMatchObject({ code: 'INVALID_REQUEST', detail: expect.stringContaining(detail) });
    expect(status).toBe(400);
  });

  test('shows events as OCSF on demand', async () => {
    const { body } = await fixture.get('/api/v1/audit/events?reason=origin_blocked&format=ocsf');
    expect(body.events).toMatchObject([{ class_uid: 3002, src_endpoint: { ip: '203.0.113.7' } }]);
  });
});

describe('an export', () => {
  const export_ = (query: string, accept: string) =>
    fixture.fetch(`/api/v1/audit/events?${query}`, { headers: { accept } });

  test('is JSON lines, with a last line that tells that it is complete', async () => {
    const response = await export_('ticket=ticket-a', 'application/x-ndjson');
    expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(response.headers.get('vary')).toContain('accept');
    const lines = (await response.text()).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([...auditEvents.slice(0, 3), { end: true }]);
  });

  test('goes on behind the cursor of its last line', async () => {
    const bounded = await export_('ticket=ticket-a&limit=2', 'application/x-ndjson');
    const last = JSON.parse((await bounded.text()).trimEnd().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ end: false });
    const rest = await export_(`ticket=ticket-a&cursor=${last.next}`, 'application/x-ndjson');
    expect((await rest.text()).split('\n').map((line) => line && JSON.parse(line).id)).toEqual([
      auditEvents[2]?.id,
      undefined,
      '',
    ]);
  });

  test('is CSV', async () => {
    const response = await export_('reason=origin_blocked', 'text/csv');
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    const lines = (await response.text()).split('\r\n');
    expect(lines[0]).toMatch(/^position,time,type,/);
    expect(lines[1]).toContain(`,"'=HYPERLINK(""x"")",`);
    expect(lines.slice(2)).toEqual([expect.stringMatching(/,end,/), '']);
  });

  test('is OCSF as JSON lines', async () => {
    const response = await export_('reason=origin_blocked&format=ocsf', 'application/x-ndjson');
    expect(JSON.parse((await response.text()).split('\n')[0] ?? '')).toMatchObject({ class_uid: 3002 });
  });

  test('is not OCSF as CSV', async () => {
    const response = await export_('format=ocsf', 'text/csv');
    expect([response.status, (await response.json()).code]).toEqual([400, 'INVALID_REQUEST']);
  });

  test('of another media type is rejected', async () => {
    const response = await export_('', 'application/xml');
    expect(response.status).toBe(406);
    expect(await response.json()).toMatchObject({
      code: 'INVALID_REQUEST',
      detail: expect.stringContaining('application/x-ndjson'),
    });
  });

  test('that cannot begin is a rejection', async () => {
    expect((await export_('cursor=nonsense', 'text/csv')).status).toBe(400);
  });

  test('is recorded once with what was sent; a search is not', async () => {
    const other = await startFixture(engines);
    onTestFinished(() => other.stop());
    await other.get('/api/v1/audit/events?reason=ticket_replayed');
    const path = `/api/v1/audit/events?ticket=ticket-a&ticket=${ticket}`;
    await (await other.fetch(path, { headers: { accept: 'text/csv' } })).text();
    await expect
      .poll(() => accessesOf(other))
      .toMatchObject([
        { access: 'export', query: `ticket=ticket-a,${ticketId}`, eventCount: 4, complete: true },
      ]);
    const [access] = await accessesOf(other);
    expect(access).toMatchObject({ operator: { subject: 'test-user', from: 'token' }, address: '127.0.0.1' });
  });
});

test('HEAD has the status and the type of GET, reads nothing, and is not recorded', async () => {
  const other = await startFixture(engines);
  const head = async (path: string, accept: string) => {
    const response = await other.fetch(path, { method: 'HEAD', headers: { accept } });
    return [response.status, response.headers.get('content-type'), await response.text()];
  };
  const problem = 'application/problem+json';
  const [events, stream] = ['/api/v1/audit/events', '/api/v1/audit/stream'];
  expect(await head(events, 'application/json')).toEqual([200, 'application/json', '']);
  expect(await head(events, 'text/csv')).toEqual([200, expect.stringContaining('text/csv'), '']);
  expect(await head(`${events}?reason=no_such`, 'text/csv')).toEqual([400, problem, '']);
  expect(await head(stream, '*/*')).toEqual([200, 'text/event-stream', '']);
  expect(await head(`${stream}?since=nonsense`, '*/*')).toEqual([400, problem, '']);
  await other.stop();
  expect(await accessesOf(other)).toEqual([]);
});

describe('every type', () => {
  test('is a filter', async () => {
    for (const type of eventTypes)
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
    // The tail of the other becomes unknown if the tests before took long.
    const partitions = body.partitions as readonly { state: string; missingCount: number }[];
    expect(partitions).toContainEqual({ ...holed, seenAt: expect.stringMatching(/Z$/) });
    expect(partitions.filter(({ state, missingCount }) => state === 'open' && missingCount === 0)).toEqual(
      [],
    );
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
    const fresh = await startFixture(engines, { fetchesKeys: true });
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
  await expect.poll(() => accessesOf(broken)).toMatchObject([{ reason: 'audit_log_unavailable', count: 1 }]);
});

test('a failed read drops the kept answer of readiness', async () => {
  const unavailable = () => Promise.reject(new AuditLogError('unavailable', 'away'));
  let ping: AuditLog['ping'] = engines.auditLog.ping;
  const auditLog: AuditLog = { ...engines.auditLog, query: unavailable, ping: () => ping() };
  const broken = await startFixture(engines, { auditLog });
  onTestFinished(() => broken.stop());
  await expect.poll(async () => (await broken.get('/readyz', null)).status).toBe(200);
  ping = unavailable;
  await broken.get('/api/v1/audit/events');
  expect((await broken.get('/readyz', null)).status).toBe(503);
});

test('the OpenAPI document tells of each, with parameters and answers', async () => {
  const { body } = await fixture.get('/openapi.json', null);
  const paths = body.paths as Record<string, { get: { parameters: { name: string }[]; security: unknown } }>;
  const events = paths['/api/v1/audit/events']?.get;
  expect(events?.parameters.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      ...filterFacts,
      ...filterFacts.map((fact) => `${fact}!`),
      'q',
      'from',
      'to',
      'limit',
      'cursor',
      'order',
      'since',
      'format',
    ]),
  );
  expect(events?.security).toEqual([{ bearer: [] }]);
  expect(events).toMatchObject({
    responses: {
      200: { content: { 'application/json': {}, 'application/x-ndjson': {}, 'text/csv': {} } },
      429: {},
    },
  });
  expect(paths['/api/v1/audit/sequences']).toBeDefined();
  expect(paths['/api/v1/audit/stream']?.get).toMatchObject({
    responses: { 200: { content: { 'text/event-stream': {} } } },
  });
});
