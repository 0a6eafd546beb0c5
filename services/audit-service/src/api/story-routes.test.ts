import { newTicket, proofOf, type ReceivedEvent, ticketIdOf } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Engines,
  eventOf,
  type Fixture,
  publish,
  startEngines,
  startFixture,
} from '../audit-service.fixture.ts';
import { admission, gateAdmission, THIEF, ticketEvents } from '../stories/story.fixture.ts';

let engines: Engines;
let fixture: Fixture;

const ticket = newTicket();
const ticketId = ticketIdOf(proofOf(ticket));
const stolen = ticketEvents(ticketId);
const others = [ticketEvents('same-beginning-1'), ticketEvents('same-beginning-2')];
const NEW = 'https://new.example';
const longUser = 'u/'.repeat(256);
const hexSession = newTicket().repeat(2);
const gated = ticketEvents('ticket-of-a-gate');
const [blocked] = [ticketEvents('ticket-of-a-blocked-page')];

const events: readonly ReceivedEvent[] = [
  ...admission(stolen),
  stolen.rejected(200, 'ticket_replayed', { address: THIEF }),
  ...others.map((of) => of.issued(0, { principal: { issuer: 'main', session: 's-other', user: longUser } })),
  blocked.issued(0, { principal: { issuer: 'second', session: 's-blocked', user: null } }),
  ticketEvents('of-a-hex-session').issued(0, {
    principal: { issuer: 'main', session: hexSession, user: null },
  }),
  blocked.blocked(20, NEW),
  eventOf({ partitionkey: 'edge-1' }),
  ...gateAdmission(gated),
];

beforeAll(async () => {
  engines = await startEngines();
  fixture = await startFixture(engines);
  for (const event of events) await publish(fixture.bus, [event]);
  const stored = async () => {
    const { body } = await fixture.get('/api/v1/audit/events?limit=100');
    return body.events.length >= events.length;
  };
  await eventually(stored, { what: 'the events in the audit log' });
});
afterAll(async () => {
  await fixture?.stop();
  await engines?.close();
});

async function story(path: string) {
  const { status, headers, body } = await fixture.get(`/api/v1/audit/${path}`);
  expect(status, JSON.stringify(body)).toBe(200);
  expect(headers['cache-control']).toBe('no-store');
  return body;
}

const replayed = {
  kind: 'ticket',
  id: ticketId,
  verdict: `Admitted once from 198.51.100.7; replayed once from ${THIEF}; rejected.`,
  stage: 'stayed',
  reason: 'ticket_replayed',
  truncated: false,
};

describe('a story', () => {
  it.each([
    ['the ticket id', ticketId],
    ['its first 8 characters', ticketId.slice(0, 8)],
  ])('of a ticket, by %s', async (_, id) => {
    const told = await story(`tickets/${id}`);
    expect(told).toMatchObject(replayed);
    expect(told.events.map(({ type }) => type)).toEqual([
      'admit.ticket.issued',
      'admit.ticket.reserved',
      'admit.ticket.consumed',
      'admit.ticket.rejected',
    ]);
    expect(told.events.map((event) => (event as unknown as { sinceMs: number }).sinceMs)).toEqual([
      0, 20, 40, 200,
    ]);
  });

  it('of a ticket, by the ticket itself', async () => {
    const { status, body } = await fixture.post('/api/v1/audit/lookup', { ticket });
    expect(status).toBe(200);
    expect(body).toMatchObject(replayed);
    expect(JSON.stringify(body) + fixture.logs.text).not.toContain(ticket);
  });

  it('of a session, with the rejections before the lookup', async () => {
    const verdict = `Issued once, never presented: the browser's origin ${NEW} is blocked.`;
    expect(await story('sessions/s-blocked')).toMatchObject({ kind: 'session', verdict });
    expect(await story('sessions/s-blocked?issuer=second')).toMatchObject({ verdict });
    expect(await story('sessions/s-blocked?issuer=main')).toMatchObject({ events: [] });
  });

  it('of a user, whatever characters its id has', async () => {
    expect(await story(`users/${encodeURIComponent(longUser)}`)).toMatchObject({
      kind: 'user',
      id: longUser,
      verdict: 'Issued twice, never presented.',
    });
  });

  it('of a session whose id looks like tickets', async () => {
    expect(await story(`sessions/${hexSession}`)).toMatchObject({
      id: hexSession,
      verdict: 'Issued once, never presented.',
    });
  });

  it('of a ticket that admitted to a server which reports no ends', async () => {
    expect(await story('tickets/ticket-of-a-gate')).toMatchObject({
      verdict: 'Admitted once from 198.51.100.7; its server does not report when its connections end.',
      stage: 'consumed',
    });
  });

  it('of a connection, with its ticket', async () => {
    expect(await story(`connections/c-${ticketId}`)).toMatchObject({
      kind: 'connection',
      verdict: expect.stringMatching(/^Opened, open for \d+ days now; its ticket was replayed once/),
      events: { length: 4 },
    });
  });

  it.each(['tickets/unknown-ticket', 'sessions/unknown', 'users/unknown', 'connections/unknown'])(
    'of what the audit log does not know is empty: %s',
    async (path) => {
      const told = await story(path);
      expect(told).toMatchObject({ stage: null, reason: null, events: [], tickets: [] });
      expect(told.verdict).toMatch(/^The audit log has no event of this (ticket|session|user|connection)\.$/);
    },
  );
});

const SECRET = 'POST the ticket to /api/v1/audit/lookup';
const TOKEN = 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln';

describe('a question that is rejected', () => {
  it.each<readonly [string, string, string]>([
    ['an ambiguous beginning', 'tickets/same-beg', '2 tickets begin with these characters'],
    ['a short beginning', 'tickets/same-be', 'id'],
    ['a long id', `tickets/${'x'.repeat(44)}`, 'id'],
    ['a ticket in the URL', `tickets/${newTicket()}`, 'POST the ticket to /api/v1/audit/lookup'],
    ...['tickets', 'users', 'sessions', 'connections'].map(
      (path) => [`a ticket in a word of ${path}`, `${path}/x${ticket}`, SECRET] as const,
    ),
    ...[ticket.toUpperCase(), `ticket.${ticket}`, `"${ticket}" `, `wss://h/ws?ticket=${ticket}`, TOKEN].map(
      (id) => ['a secret', `users/${encodeURIComponent(id)}`, SECRET] as const,
    ),
    ['a parameter', 'tickets/same-beginning-1?limit=1', '"limit"'],
  ])('for %s: %s', async (_, path, detail) => {
    const { status, body } = await fixture.get(`/api/v1/audit/${path}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'INVALID_REQUEST', detail: expect.stringContaining(detail) });
  });

  it.each([{}, { ticket: 'x' }, { ticket: [ticket] }, { ticket, more: 1 }, [ticket], null])(
    'for the body %j, without the ticket in the answer',
    async (body) => {
      const answer = await fixture.post('/api/v1/audit/lookup', body);
      expect(answer.status).toBe(400);
      expect(answer.body.code).toBe('INVALID_REQUEST');
      expect(JSON.stringify(answer.body)).not.toContain(ticket);
    },
  );

  it('without a token', async () => {
    for (const path of [`tickets/${ticketId}`, 'sessions/s', 'users/u', 'connections/c'])
      expect((await fixture.get(`/api/v1/audit/${path}`, null)).status).toBe(401);
  });
});
