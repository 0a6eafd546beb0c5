import { newTicket, proofOf, ticketIdOf } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IssuedTicket } from '../issue/issue-ticket.ts';
import { type FixtureOptions, FRONTEND } from '../ticket-service.fixture.ts';
import { startVerifyFixture, type VerifyFixture } from './verify.fixture.ts';

let fixture: VerifyFixture;

beforeEach(async () => {
  fixture = await startVerifyFixture();
});
afterEach(() => fixture.stop());

async function restart(options: FixtureOptions): Promise<void> {
  await fixture.stop();
  fixture = await startVerifyFixture(options);
}

const key = 'dGhlIHNhbXBsZSBub25jZQ==';

describe('a good ticket', () => {
  test('passes once, with who it is for', async () => {
    const { ticket, ticketId } = await fixture.issue({ sub: 'alice', sessionId: 's-1' });
    const response = await fixture.verify(`/ws/chat?ticket=${ticket}`);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-admit-user': 'alice',
      'x-admit-session': 's-1',
      'x-admit-issuer': 'main',
      'x-admit-ticket-id': ticketId,
      'x-admit-attributes': Buffer.from('{}').toString('base64url'),
      'x-admit-protocol': '',
      'cache-control': 'no-store',
    });
    expect(await (await fixture.verify(`/ws/chat?ticket=${ticket}`)).json()).toMatchObject({
      status: 401,
      code: 'NOT_AUTHORIZED',
    });
    expect(await fixture.rejections(1)).toMatchObject([
      { type: 'admit.ticket.rejected', subject: ticketId, reason: 'ticket_replayed' },
    ]);
  });

  test('passes again for the same handshake key, and for no other', async () => {
    const { ticket } = await fixture.issue();
    const target = `/ws?ticket=${ticket}`;
    for (let pass = 0; pass < 3; pass += 1)
      expect((await fixture.verify(target, { 'sec-websocket-key': key })).status).toBe(200);
    expect((await fixture.verify(target, { 'sec-websocket-key': 'AQIDBAUGBwgJCgsMDQ4PEA==' })).status).toBe(
      401,
    );
    expect((await fixture.verify(target)).status).toBe(401);
  });

  test('is not shared by handshakes with an invalid key', async () => {
    const { ticket } = await fixture.issue();
    const target = `/ws?ticket=${ticket}`;
    expect((await fixture.verify(target, { 'sec-websocket-key': 'x' })).status).toBe(200);
    expect((await fixture.verify(target, { 'sec-websocket-key': 'x' })).status).toBe(401);
  });

  test('is told in the audit log with where it came from', async () => {
    const { ticket, ticketId } = await fixture.issue();
    await fixture.verify(`/ws/chat?ticket=${ticket}`, {
      origin: FRONTEND,
      'user-agent': 'browser',
      'x-forwarded-for': '192.0.2.7',
    });
    const consumed = await eventually(
      () => {
        const found = fixture.events.find(({ type }) => type === 'admit.ticket.consumed');
        expect(found).toBeDefined();
        return found;
      },
      { what: 'the event of the use' },
    );
    expect(consumed).toMatchObject({
      subject: ticketId,
      data: {
        context: {
          address: '192.0.2.7',
          origin: FRONTEND,
          agent: 'browser',
          route: 'chat',
          carrier: 'query',
          edge: fixture.instance,
        },
      },
    });
    expect(fixture.logs.named('verified_for_proxy')).toMatchObject([{ ticketId, route: 'chat' }]);
  });

  test('of a subprotocol passes, and what is left of the offer is passed on', async () => {
    const offers = [
      ['admit.v1, ticket.T', 'admit.v1', 'admit.v1'],
      ['chat.v2, ticket.T, jwt.x, admit.v1', 'chat.v2, admit.v1', 'admit.v1'],
      ['chat.v2,ticket.T', 'chat.v2', ''],
    ] as const;
    for (const [offer, passedOn, answer] of offers) {
      const { ticket } = await fixture.issue();
      const response = await fixture.verify('/ws', { 'sec-websocket-protocol': offer.replace('T', ticket) });
      expect(response.headers.get('sec-websocket-protocol'), offer).toBe(passedOn);
      expect(response.headers.get('x-admit-protocol'), offer).toBe(answer);
      expect(response.headers.get('x-envoy-auth-headers-to-remove'), offer).toBeNull();
    }
  });

  test('that was all of the offer leaves nothing to pass on, and Envoy is told so', async () => {
    const { ticket } = await fixture.issue();
    const response = await fixture.verify('/ws', { 'sec-websocket-protocol': `ticket.${ticket}` });
    expect(response.headers.get('sec-websocket-protocol')).toBeNull();
    expect(response.headers.get('x-envoy-auth-headers-to-remove')).toBe('sec-websocket-protocol');
  });

  test('tells who it is in headers, whatever they are called', async () => {
    await restart({ attributes: ['roles', 'näme'] });
    const claims = { sub: 'Zoë, 100% \u{1f600}\\"', roles: ['a', 'b'], näme: 'x\r\nX-Admit-User: root' };
    const { ticket } = await fixture.issue(claims);
    const { headers } = await fixture.verify(`/ws?ticket=${ticket}`);
    expect(decodeURIComponent(headers.get('x-admit-user') ?? '')).toBe(claims.sub);
    const attributes = Buffer.from(headers.get('x-admit-attributes') ?? '', 'base64url').toString();
    expect(JSON.parse(attributes)).toEqual({ roles: '["a","b"]', näme: claims.näme });
  });

  test('of a session without a user says so by an empty header', async () => {
    const session = await fetch(`${fixture.url}/api/v1/auth/token`, { method: 'POST' });
    const { token } = (await session.json()) as { token: string };
    const { ticket } = (await (await fixture.ask(token)).json()) as IssuedTicket;
    const { headers, status } = await fixture.verify(`/ws?ticket=${ticket}`);
    expect(status).toBe(200);
    expect(headers.get('x-admit-user')).toBe('');
  });
});

describe('a ticket for one route', () => {
  test.each(['/ws', '/ws/other', '/elsewhere/chat', '/ws/chat/../admin', '/ws/%63hat'])(
    'is rejected at %s, and stays good',
    async (path) => {
      const { ticket } = await fixture.issue({}, { route: 'chat' });
      expect((await fixture.verify(`${path}?ticket=${ticket}`)).status).toBe(401);
      expect(await fixture.rejections(1)).toMatchObject([{ reason: 'route_mismatch' }]);
      expect((await fixture.verify(`/ws/chat?ticket=${ticket}`)).status).toBe(200);
    },
  );
});

test('nothing of it is at the public port', async () => {
  for (const path of ['/verify', '/verify/nginx', '/verify/envoy/ws'])
    expect((await fetch(`${fixture.url}${path}`, { headers: { 'x-original-uri': '/ws' } })).status).toBe(404);
});

test('only GET asks', async () => {
  for (const method of ['HEAD', 'POST'])
    expect((await fetch(`${fixture.verifyUrl}/verify`, { method })).status).toBe(405);
});

test('no ticket is in a log line, an event or a metric', async () => {
  const spent = await fixture.issue();
  const unknown = newTicket();
  await fixture.verify(`/ws?ticket=${spent.ticket}`);
  await fixture.verify(`/ws?ticket=${spent.ticket}`);
  await fixture.verify(`/ws?ticket=${unknown}`);
  await fixture.verify(`/ws?ticket=${unknown}&ticket=${spent.ticket}`, {}, '/verify/nginx');
  await fetch(`${fixture.verifyUrl}/verify/envoy/ws?ticket=${spent.ticket}`);
  await fetch(`${fixture.verifyUrl}/verify/envoy/%?ticket=${spent.ticket}`);
  await fixture.rejections(4);
  const everything = [fixture.logs.text, JSON.stringify(fixture.events), await fixture.metrics()].join();
  expect(everything).toContain(ticketIdOf(proofOf(unknown)));
  for (const ticket of [spent.ticket, unknown]) expect(everything).not.toContain(ticket);
});
