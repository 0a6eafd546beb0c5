import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FixtureOptions, FRONTEND } from '../ticket-service.fixture.ts';
import { type Headers, startVerifyFixture, type VerifyFixture } from './verify.fixture.ts';

let fixture: VerifyFixture;

beforeEach(async () => {
  fixture = await startVerifyFixture();
});
afterEach(() => fixture.stop());

async function restart(options: FixtureOptions): Promise<void> {
  await fixture.stop();
  fixture = await startVerifyFixture(options);
}

async function problem(response: Promise<Response>): Promise<unknown> {
  return (await response).json();
}

describe('what is rejected before any ticket is looked at', () => {
  const own = { type: 'admit.handshake.rejected', count: 1, connection: null, principal: null };

  test('an origin that is not in the list, with 403, once in the audit log, and the ticket stays good', async () => {
    const { ticket, ticketId } = await fixture.issue();
    const target = `/ws/chat?ticket=${ticket}`;
    const response = await fixture.verify(target, { origin: 'https://evil.example' });
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 403, code: 'ORIGIN_BLOCKED' });
    expect(await fixture.rejections(1)).toMatchObject([
      {
        ...own,
        source: fixture.instance,
        reason: 'origin_blocked',
        ticketId,
        context: { origin: 'https://evil.example', route: 'chat', carrier: 'query' },
      },
    ]);
    expect((await fixture.verify(target, { origin: FRONTEND })).status).toBe(200);
  });

  test('no origin, where one is required', async () => {
    await restart({
      config: { verify: { requireOrigin: true, carriers: ['subprotocol', 'query'], routes: [] } },
    });
    const { ticket } = await fixture.issue();
    const rejected = await problem(fixture.verify(`/ws?ticket=${ticket}`));
    expect(rejected).toMatchObject({ status: 403, detail: expect.stringContaining('REQUIRE_ORIGIN') });
    expect((await fixture.verify(`/ws?ticket=${ticket}`, { origin: FRONTEND })).status).toBe(200);
  });

  test.each([
    ['none', '/ws', {}, 'ticket_missing', false],
    ['a malformed one', '/ws?ticket=x', {}, 'ticket_malformed', false],
    ['an encoded one', '/ws?tick%65t=T', {}, 'ticket_malformed', false],
    ['two', '/ws?ticket=T&ticket=T', {}, 'ticket_malformed', true],
    [
      'two in two carriers',
      '/ws?ticket=T',
      { 'sec-websocket-protocol': 'ticket.T' },
      'ticket_malformed',
      true,
    ],
  ])('tickets: %s', async (_, target, headers, reason, known) => {
    const { ticket, ticketId } = await fixture.issue();
    const filled = Object.entries(headers).map(([name, value]) => [name, value.replace('T', ticket)]);
    const response = await fixture.verify(target.replaceAll('T', ticket), Object.fromEntries(filled));
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Ticket');
    expect(response.headers.get('x-admit-reason')).toBe('NOT_AUTHORIZED');
    expect(await fixture.rejections(1)).toMatchObject([
      { ...own, reason, ticketId: known ? ticketId : null },
    ]);
  });

  test('a ticket in a carrier that is switched off', async () => {
    await restart({ config: { verify: { requireOrigin: false, carriers: ['subprotocol'], routes: [] } } });
    const { ticket, ticketId } = await fixture.issue();
    expect((await fixture.verify(`/ws?ticket=${ticket}`)).status).toBe(401);
    expect(await fixture.rejections(1)).toMatchObject([{ ...own, reason: 'ticket_missing', ticketId }]);
    expect((await fixture.verify('/ws', { 'sec-websocket-protocol': `ticket.${ticket}` })).status).toBe(200);
  });
});

describe('the target', () => {
  test('may be in either header, and in both where they agree', async () => {
    for (const names of [['x-original-uri'], ['x-forwarded-uri'], ['x-original-uri', 'x-forwarded-uri']]) {
      const { ticket } = await fixture.issue();
      const headers = Object.fromEntries(names.map((name) => [name, `/ws?ticket=${ticket}`]));
      expect((await fetch(`${fixture.verifyUrl}/verify`, { headers })).status).toBe(200);
    }
  });

  test('is rejected where a client has forged the other header, and the ticket stays good', async () => {
    const { ticket } = await fixture.issue({}, { route: 'chat' });
    const forged = { 'x-original-uri': `/ws/chat?ticket=${ticket}` };
    const rejected = await problem(fixture.verify(`/ws/admin?ticket=${ticket}`, forged));
    expect(rejected).toMatchObject({ status: 400, code: 'INVALID_REQUEST' });
    expect((await fixture.verify(`/ws/chat?ticket=${ticket}`)).status).toBe(200);
  });

  test('is read by nginx’s header alone at its own path', async () => {
    const { ticket } = await fixture.issue();
    const forged = { 'x-forwarded-uri': '/elsewhere' };
    expect((await fixture.verify(`/ws?ticket=${ticket}`, forged, '/verify/nginx')).status).toBe(200);
  });

  test('is what follows the prefix for Envoy, byte for byte, whatever headers say', async () => {
    const { ticket } = await fixture.issue({}, { route: 'chat' });
    const ask = (target: string) =>
      fetch(`${fixture.verifyUrl}/verify/envoy${target}`, { headers: { 'x-forwarded-uri': '/ws/chat' } });
    expect((await ask(`/ws/admin?ticket=${ticket}`)).status).toBe(401);
    expect((await ask(`/ws/%63hat?ticket=${ticket}`)).status).toBe(401);
    expect((await ask(`/ws/chat?ticket=${ticket}`)).status).toBe(200);
  });

  test.each([{}, { 'x-forwarded-uri': 'https://example.com/ws' }])('must be there: %j', async (headers) => {
    const response = await fetch(`${fixture.verifyUrl}/verify`, { headers: headers as Headers });
    expect(await response.json()).toMatchObject({
      status: 400,
      detail: expect.stringContaining('The proxy'),
    });
  });
});

describe('for nginx', () => {
  test.each([
    ['no ticket', '/ws', {}, 401, 401],
    ['a wrong origin', '/ws?ticket=T', { origin: 'https://b\u00fccher.example' }, 403, 403],
  ])('%s is 401 or 403, with the answer for the client in headers', async (_, path, over, sent, real) => {
    const { ticket } = await fixture.issue();
    const headers = Object.fromEntries(
      Object.entries(over as Headers).map(([name, value]) => [name, Buffer.from(value).toString('latin1')]),
    );
    const response = await fixture.verify(path.replace('T', ticket), headers, '/verify/nginx');
    expect(response.status).toBe(sent);
    expect(response.headers.get('x-admit-status')).toBe(`${real}`);
    const told = JSON.parse(response.headers.get('x-admit-problem') ?? '');
    expect(told).toMatchObject({ status: real, code: response.headers.get('x-admit-reason') });
    expect(await response.text()).toBe('');
  });

  test('a bug of ours is 403, and says 500', async () => {
    const { ticket } = await fixture.issue();
    fixture.breakStore(new TypeError('a bug'));
    const { status, headers } = await fixture.verify(`/ws?ticket=${ticket}`, {}, '/verify/nginx');
    expect([status, headers.get('x-admit-status')]).toEqual([403, '500']);
  });
});
