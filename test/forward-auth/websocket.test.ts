import { missingEngines, newWebSocketKey, openSocket } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectStory } from '../stack/audit-log.ts';
import { FRONTEND } from '../stack/stack.ts';
import { anonymousSession, carrying } from '../stack/visitor.ts';
import {
  type Application,
  PARTICULAR,
  rejectionOfVisit,
  startApplication,
  visit,
} from './application.fixture.ts';
import { type ForwardAuth, startForwardAuth } from './forward-auth.fixture.ts';

const missing = missingEngines('nginx');
const skipped = missing === undefined ? '' : ` (skipped: ${missing})`;

describe.skipIf(missing)(`nginx in front of a WebSocket server${skipped}`, () => {
  let application: Application;
  let running: ForwardAuth;
  let url: string;

  beforeAll(async () => {
    application = await startApplication();
    running = await startForwardAuth('websocket.conf', application.server, {
      PRINCIPAL_ATTRIBUTES: 'roles,a,b,c,d,e',
    });
    url = running.nginx.url.replace('http:', 'ws:');
  });
  afterAll(async () => {
    await running.stop();
    await application.stop();
  });

  const rejectionsOf = (ticket: string, type: string) => expectStory(running.stack, { ticket, type }, [type]);

  test('lets a good ticket in, and tells the application who it is, and not the ticket', async () => {
    const claims = { sub: 'Zoë, 100% \u{1f600}', sessionId: 's-1', roles: ['admin'] };
    const { ticket, ticketId } = await running.issue(await running.stack.users.token(claims));
    const seen = await visit(`${url}/ws/chat?a=1&ticket=${ticket}&b=%20`, { origin: FRONTEND });
    expect(seen.url).toBe('/ws/chat?a=1&b=%20');
    expect(seen.headers).toMatchObject({
      'x-admit-session': 's-1',
      'x-admit-issuer': 'main',
      'x-admit-ticket-id': ticketId,
    });
    expect(decodeURIComponent(String(seen.headers['x-admit-user']))).toBe(claims.sub);
    const attributes = Buffer.from(String(seen.headers['x-admit-attributes']), 'base64url').toString();
    expect(JSON.parse(attributes)).toEqual({ roles: '["admin"]' });
    expect(JSON.stringify(seen)).not.toContain(ticket);
    const [consumed] = await expectStory(running.stack, { ticket: ticketId, type: 'admit.ticket.consumed' }, [
      'admit.ticket.consumed',
    ]);
    expect(consumed?.data.context).toMatchObject({ address: '127.0.0.1', route: 'chat', origin: FRONTEND });
  });

  test.each([
    ['?ticket=T', ''],
    ['?ticket=T&a=1', '?a=1'],
    ['?a=1&ticket=T', '?a=1'],
    ['?mytickets=1&ticket=T&tickets=2', '?mytickets=1&tickets=2'],
  ])('takes the ticket out of %s', async (query, left) => {
    const { ticket } = await running.issue();
    expect((await visit(`${url}/ws${query.replace('T', ticket)}`)).url).toBe(`/ws${left}`);
  });

  test('takes as many attributes as fit into a token', async () => {
    const long = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, 'x'.repeat(1_024)]));
    const { ticket } = await running.issue(await running.stack.users.token(long));
    const { headers } = await visit(`${url}/ws?ticket=${ticket}`);
    const attributes = Buffer.from(String(headers['x-admit-attributes']), 'base64url').toString();
    expect(JSON.parse(attributes)).toEqual(long);
  });

  test('takes the ticket of a subprotocol, and answers with the other one', async () => {
    const { ticket } = await running.issue();
    const seen = await visit(`${url}/ws`, { protocols: carrying(ticket) });
    expect(seen.protocol).toBe('admit.v1');
    expect(seen.headers['sec-websocket-protocol']).toBe('admit.v1');
  });

  test('overwrites identity headers that a client forges, however it writes them', async () => {
    const { token } = await anonymousSession(running.stack);
    const { ticket } = await running.issue(token);
    const forged = {
      'X-Admit-User': 'root',
      X_Admit_User: 'root',
      'x-admit-session': 'forged',
      'X-Admit-Issuer': 'forged',
      'X-Admit-Attributes': 'forged',
      'X-Admit-Ticket-Id': 'forged',
    };
    const { headers } = await visit(`${url}/ws?ticket=${ticket}`, { headers: forged });
    expect(headers['x-admit-user']).toBeUndefined();
    expect(JSON.stringify(headers)).not.toMatch(/root|forged/);
    expect(headers['x-admit-issuer']).toBe('anonymous');
  });

  test('rejects a page of a wrong origin, once in the audit log, and the ticket stays good', async () => {
    const { ticket } = await running.issue();
    const before = application.upgrades;
    const rejected = await rejectionOfVisit(
      visit(`${url}/ws?ticket=${ticket}`, { origin: 'https://evil.example' }),
    );
    expect(rejected.status).toBe(403);
    expect(rejected.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-admit-reason': 'ORIGIN_BLOCKED',
    });
    expect(rejected.problem).toMatchObject({ code: 'ORIGIN_BLOCKED', status: 403 });
    await expectStory(running.stack, { reason: 'origin_blocked' }, ['admit.handshake.rejected']);
    expect(application.upgrades).toBe(before);
    await visit(`${url}/ws?ticket=${ticket}`, { origin: FRONTEND });
  });

  test('rejects a replay, once in the audit log', async () => {
    const { ticket, ticketId } = await running.issue();
    await visit(`${url}/ws?ticket=${ticket}`);
    const before = application.upgrades;
    const rejected = await rejectionOfVisit(visit(`${url}/ws?ticket=${ticket}`));
    expect(rejected.status).toBe(401);
    expect(rejected.headers['www-authenticate']).toBe('Ticket');
    expect(rejected.problem).toMatchObject({ code: 'NOT_AUTHORIZED', traceId: expect.any(String) });
    const [event] = await rejectionsOf(ticketId, 'admit.ticket.rejected');
    expect(event?.data.reason).toBe('ticket_replayed');
    expect(application.upgrades).toBe(before);
  });

  test('lets the same handshake key in again: it redeems, and so promises no more than that', async () => {
    const { ticket } = await running.issue();
    const pass = async (key: string) => {
      const socket = await openSocket(`${url}/ws?ticket=${ticket}`, { key });
      const { status } = await socket.response();
      socket.abort();
      return status;
    };
    const key = newWebSocketKey();
    expect([await pass(key), await pass(key), await pass(newWebSocketKey())]).toEqual([101, 101, 401]);
  });

  test('answers admit.v1 for an application that chooses nothing, and else its choice', async () => {
    const open = async (...others: string[]) => {
      const { ticket } = await running.issue();
      return (await visit(url + PARTICULAR, { protocols: [...carrying(ticket), ...others] })).protocol;
    };
    expect(await open()).toBe('admit.v1');
    expect(await open('chat.v2')).toBe('chat.v2');
    const { ticket } = await running.issue();
    expect((await visit(`${url}${PARTICULAR}?ticket=${ticket}`)).protocol).toBe('');
  });

  test('believes no client about what it asks for', async () => {
    const { ticket } = await running.issue(undefined, { route: 'chat' });
    const headers = {
      'X-Original-URI': '/ws/chat',
      'X-Forwarded-Uri': '/ws/chat',
      'X-Original-URL': '/ws/chat',
    };
    for (const path of ['/ws/admin', '/ws/chat/../admin', '/ws/chat%2f..%2fadmin'])
      expect((await rejectionOfVisit(visit(`${url}${path}?ticket=${ticket}`, { headers }))).status).toBe(401);
    await visit(`${url}/ws/chat?ticket=${ticket}`);
  });

  test('shows nobody the internal location', async () => {
    const { ticket } = await running.issue();
    expect((await fetch(`${running.nginx.url}/_admit/verify?ticket=${ticket}`)).status).toBe(404);
  });
});
