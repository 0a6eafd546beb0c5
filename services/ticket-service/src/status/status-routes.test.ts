import {
  createStoreClock,
  handshakeKeyOf,
  newId,
  newTicket,
  proofOf,
  StoreError,
  ticketIdOf,
} from '@admit-one/core';
import { revokeSubject } from '@admit-one/port-contracts';
import { nowhere } from '@admit-one/testkit';
import { createTicketClient } from '@admit-one/ticket-client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { IssuedTicket } from '../issue/issue-ticket.ts';
import { type Fixture, FRONTEND, startFixture } from '../ticket-service.fixture.ts';
import { STATUS_PATH } from './status-routes.ts';

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture();
});

afterAll(() => fixture.stop());

const alice = { sub: 'alice', sessionId: 'login-1' };

function askStatus(body: string, token?: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(fixture.url + STATUS_PATH, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', ...headers },
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body,
  });
}

async function statusOf(ticket: string, claims: Record<string, unknown> = alice): Promise<string> {
  const response = await askStatus(JSON.stringify({ ticket }), await fixture.provider.token(claims));
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
  return response.text();
}

async function issue(body: object = {}, claims: Record<string, unknown> = alice): Promise<IssuedTicket> {
  const response = await fixture.ask(await fixture.provider.token(claims), {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as IssuedTicket;
}

/** Presents a ticket as an edge does, by its own handshake. */
function present(ticket: string, route: string | null = null) {
  const client = createTicketClient({ requests: fixture.bus.requests, clock: createStoreClock() });
  return client.reserve({ ticket, handshake: handshakeKeyOf(newId()), context: { ...nowhere, route } });
}

describe('the status of a ticket', () => {
  test('follows its life, and tells why it was rejected the last time', async () => {
    const { ticket, ticketId } = await issue({ route: 'chat' });
    const expectStatus = async (state: string, lastRejection: object | null) =>
      expect(JSON.parse(await statusOf(ticket))).toEqual({ ticketId, state, lastRejection });
    await expectStatus('issued', null);

    expect(await present(ticket, 'games')).toMatchObject({ kind: 'rejected' });
    const mismatch = { reason: 'route_mismatch', code: 'NOT_AUTHORIZED' };
    await expectStatus('issued', mismatch);

    const reserved = await present(ticket, 'chat');
    await expectStatus('reserved', mismatch);
    await present(ticket, 'chat');
    const inUse = { reason: 'ticket_in_use', code: 'NOT_AUTHORIZED' };
    await expectStatus('reserved', inUse);

    if (reserved.kind !== 'reserved') throw new Error('the ticket was rejected');
    await reserved.confirm(newId());
    await expectStatus('consumed', inUse);
    await present(ticket, 'chat');
    await expectStatus('consumed', { reason: 'ticket_replayed', code: 'NOT_AUTHORIZED' });
  });

  test('is told to a session that is revoked, and says so', async () => {
    const claims = { sub: 'alice', sessionId: 'login-9' };
    const { ticket } = await issue({}, claims);
    const { now } = await fixture.store.ping();
    await revokeSubject(fixture.control, 'session:main:login-9', Math.ceil(now / 1000), now + 60_000);
    expect(await present(ticket)).toMatchObject({ kind: 'rejected', reason: 'session_revoked' });
    expect(JSON.parse(await statusOf(ticket, claims))).toMatchObject({
      state: 'issued',
      lastRejection: { reason: 'session_revoked', code: 'SESSION_REVOKED' },
    });
  });

  test('is asked for with another token of the session, too', async () => {
    const { ticket } = await issue();
    const refreshed = { ...alice, iat: Math.floor(Date.now() / 1000) - 5, jti: newId() };
    expect(JSON.parse(await statusOf(ticket, refreshed))).toMatchObject({ state: 'issued' });
  });

  test('does not change by being asked for', async () => {
    const { ticket, ticketId } = await issue();
    const before = await fixture.store.load(ticketId);
    for (let n = 0; n < 20; n += 1) await statusOf(ticket);
    const { version, state } = await fixture.store.load(ticketId);
    expect({ version, state }).toEqual({ version: before.version, state: before.state });
    const reserved = await present(ticket);
    if (reserved.kind !== 'reserved') throw new Error('the ticket was rejected');
    expect(await reserved.confirm(newId())).toMatchObject({ kind: 'confirmed' });
    const story = () => fixture.events.filter(({ subject }) => subject === ticketId).map(({ type }) => type);
    await expect
      .poll(story)
      .toEqual(['admit.ticket.issued', 'admit.ticket.reserved', 'admit.ticket.consumed']);
  });
});

describe('a ticket of another session', () => {
  test.each([
    ['of the same user', { ...alice, sessionId: 'login-2' }],
    ['of another user, under the same name', { sub: 'bob', sessionId: 'login-1 ' }],
    ['of nobody', { sub: undefined, sessionId: 'other' }],
  ])('looks like one that there is not: %s', async (_, claims) => {
    const { ticket, ticketId } = await issue();
    await present(ticket, null);
    await present(ticket, null);
    const own = await statusOf(ticket);
    const others = await statusOf(ticket, claims);
    expect(JSON.parse(own)).toMatchObject({ state: 'reserved', lastRejection: { reason: 'ticket_in_use' } });

    const madeUp = newTicket();
    const unknown = await statusOf(madeUp);
    expect(unknown).toBe(
      JSON.stringify({ ticketId: ticketIdOf(proofOf(madeUp)), state: 'unknown', lastRejection: null }),
    );
    expect(others).toBe(unknown.replace(ticketIdOf(proofOf(madeUp)), ticketId));
  });

  test('looks like one that there is not: a session of the same name, of another issuer', async () => {
    const session = (await (await fetch(`${fixture.url}/api/v1/auth/token`, { method: 'POST' })).json()) as {
      token: string;
      sessionId: string;
    };
    const asked = await fixture.ask(await fixture.provider.token({ sessionId: session.sessionId }));
    const { ticket, ticketId } = (await asked.json()) as IssuedTicket;
    const response = await askStatus(JSON.stringify({ ticket }), session.token);
    expect(await response.json()).toEqual({ ticketId, state: 'unknown', lastRejection: null });
  });

  test('has the headers of one that there is not', async () => {
    const { ticket } = await issue();
    const token = await fixture.provider.token({ sessionId: 'other' });
    const headersOf = async (asked: string) =>
      Object.fromEntries((await askStatus(JSON.stringify({ ticket: asked }), token)).headers);
    const [others, unknown] = [await headersOf(ticket), await headersOf(newTicket())];
    for (const changing of ['date', 'traceparent']) {
      delete others[changing];
      delete unknown[changing];
    }
    expect(others).toEqual(unknown);
  });
});

test('rejections of tickets that there are not leave nothing to be asked for', async () => {
  const ticket = newTicket();
  expect(await present(ticket)).toMatchObject({ kind: 'rejected', reason: 'ticket_unknown' });
  expect(JSON.parse(await statusOf(ticket))).toMatchObject({ state: 'unknown', lastRejection: null });
});

describe('a request for a status', () => {
  const ticket = '0123456789abcdef0123456789abcdef';
  test.each([
    ['no body', '', /body must be object/],
    ['bad JSON', '{', /not JSON/],
    ['no ticket', '{}', /required property 'ticket'/],
    ['a ticket in upper case', JSON.stringify({ ticket: ticket.toUpperCase() }), /body\/ticket must match/],
    ['a ticket and a bit', JSON.stringify({ ticket: `${ticket}0` }), /body\/ticket must match/],
    ['two tickets', JSON.stringify({ ticket: [ticket, ticket] }), /body\/ticket must be string/],
    ['an end of line behind it', JSON.stringify({ ticket: `${ticket}\n` }), /body\/ticket must match/],
  ])('with %s is rejected, and repeats nothing of it', async (_, body, detail) => {
    const response = await askStatus(body, await fixture.provider.token());
    const problem = (await response.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({
      status: 400,
      code: 'INVALID_REQUEST',
      detail: expect.stringMatching(detail),
    });
    expect(JSON.stringify(problem).toLowerCase()).not.toContain(ticket);
  });

  test.each([
    ['no token', undefined, 'INVALID_TOKEN'],
    ['an expired one', { exp: Math.floor(Date.now() / 1000) - 60 }, 'INVALID_TOKEN'],
    ['one without a session', { sessionId: undefined, sub: undefined }, 'MISSING_SESSION'],
  ])('with %s is rejected', async (_, claims, code) => {
    const token = claims && (await fixture.provider.token(claims));
    const response = await askStatus(JSON.stringify({ ticket }), token);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(await response.json()).toMatchObject({ status: 401, code });
  });

  test('that is rejected is not told of as an issue that was', async () => {
    await askStatus(JSON.stringify({ ticket }), 'no token');
    await fixture.ask('no token', { headers: { 'user-agent': 'asks for a ticket' } });
    const rejections = () => fixture.events.filter(({ type }) => type === 'admit.issuance.rejected');
    await expect.poll(rejections).toMatchObject([{ data: { context: { agent: 'asks for a ticket' } } }]);
    expect(fixture.logs.named('issuance_rejected')).toHaveLength(1);
  });

  test('is for pages of the frontend, and others may read that', async () => {
    const token = await fixture.provider.token();
    const body = JSON.stringify({ ticket });
    const allowed = await askStatus(body, token, { origin: FRONTEND });
    expect(allowed.headers.get('access-control-allow-origin')).toBe(FRONTEND);
    expect(allowed.status).toBe(200);
    const blocked = await askStatus(body, token, { origin: 'https://evil.example' });
    expect(blocked.headers.get('access-control-allow-origin')).toBe('https://evil.example');
    expect(await blocked.json()).toMatchObject({ status: 403, code: 'ORIGIN_BLOCKED' });
  });

  test('fails with the store, which is told as CRITICAL', async () => {
    const failing = vi.spyOn(fixture.store, 'inspect').mockRejectedValue(new StoreError('unavailable', 'no'));
    const response = await askStatus(JSON.stringify({ ticket }), await fixture.provider.token());
    failing.mockRestore();
    expect(await response.json()).toMatchObject({ status: 503, code: 'REDIS_UNAVAILABLE' });
    expect(fixture.logs.named('http_request_failed')).toMatchObject([
      { severity: 'CRITICAL', reason: 'store_unavailable' },
    ]);
  });

  test('writes the ticket nowhere', async () => {
    const issued = await issue();
    await statusOf(issued.ticket);
    const told = () => fixture.events.some(({ subject }) => subject === issued.ticketId);
    await expect.poll(told).toBe(true);
    const written = [fixture.logs.text, JSON.stringify(fixture.events), await fixture.metrics()].join('\n');
    expect(written).toContain(issued.ticketId);
    for (const secret of [issued.ticket, proofOf(issued.ticket)]) expect(written).not.toContain(secret);
  });
});
