import { createHash } from 'node:crypto';
import { newTicket } from '@admit-one/core';
import { connect, eventually, openSocket } from '@admit-one/testkit';
import { describe, expect, it } from 'vitest';
import { type EdgeFixture, FRONTEND, startEdgeFixture } from '../edge.fixture.ts';

async function rejectionOf({ events }: EdgeFixture) {
  await eventually(() => events('admit.handshake.rejected').length > 0, { what: 'the rejection' });
  const rejections = events('admit.handshake.rejected');
  expect(rejections).toHaveLength(1);
  return rejections[0];
}

function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

describe('a browser that is rejected', () => {
  it.each([
    ['without subprotocols', [], ''],
    ['by our own', ['chat', 'admit.v1'], 'Sec-WebSocket-Protocol: admit.v1\r\n'],
    ['by one of the application', ['chat', 'other'], 'Sec-WebSocket-Protocol: chat\r\n'],
    ['by none that carries a secret', [`ticket.${'x'.repeat(32)}`, 'jwt.abc'], ''],
  ])('gets the 101 and the close frame, and nothing else: %s', async (_, protocols, line) => {
    const edge = await startEdgeFixture();
    const raw = await openSocket(`${edge.url}/ws`, { origin: FRONTEND, protocols });
    expect(await raw.closed).toMatchObject({ error: null });
    const head = [
      'HTTP/1.1 101 Switching Protocols',
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Accept: ${acceptOf(raw.key)}\r\n${line}\r\n`,
    ].join('\r\n');
    const frame = Buffer.from([0x88, 2 + 'NOT_AUTHORIZED'.length, 4401 >> 8, 4401 & 255]);
    expect(raw.bytes).toEqual(Buffer.concat([Buffer.from(head), frame, Buffer.from('NOT_AUTHORIZED')]));
  });

  it('sees why as a browser does', async () => {
    const edge = await startEdgeFixture();
    const url = `${edge.url}/ws?ticket=${newTicket()}`;
    const connection = await connect(url, { origin: FRONTEND, protocols: ['admit.v1'] });
    expect(await connection.closed).toEqual({ code: 4401, reason: 'NOT_AUTHORIZED' });
    await eventually(() => edge.events('admit.ticket.rejected').length === 1, { what: 'the rejection' });
    expect(edge.events('admit.handshake.rejected')).toEqual([]);
  });

  it('is not told so for a long JWT and cookies', async () => {
    const edge = await startEdgeFixture();
    const protocols = ['admit.v1', `jwt.${'j'.repeat(16_000)}`];
    const headers = { cookie: 'c'.repeat(12_000) };
    const raw = await openSocket(`${edge.url}/ws`, { origin: FRONTEND, protocols, headers });
    await raw.closed;
    expect((await rejectionOf(edge))?.data).toMatchObject({ reason: 'ticket_missing' });
  });

  it.each([
    ['17 kB of cookies', { cookie: 'c'.repeat(17_000) }],
    ['more than 200 headers', { x: Array.from({ length: 201 }, () => 'y') }],
  ])('with %s is told to stop, and recorded once', async (_, headers) => {
    const edge = await startEdgeFixture();
    const raw = await openSocket(await edge.ticketUrl(), { origin: FRONTEND, headers });
    await raw.closed;
    const [frame] = raw.frames;
    expect(frame?.payload.readUInt16BE()).toBe(1008);
    expect(frame?.payload.toString('utf8', 2)).toBe('HEADERS_TOO_LARGE');
    expect((await rejectionOf(edge))?.data).toMatchObject({ reason: 'headers_too_large' });
    expect(edge.tickets.count('reserve')).toBe(0);
  });

  it('and does not close its side is cut off', async () => {
    const { url } = await startEdgeFixture();
    const raw = await openSocket(`${url}/ws`, { origin: FRONTEND });
    raw.socket.allowHalfOpen = true;
    await raw.response();
    await eventually(
      () => {
        if (!raw.socket.destroyed) raw.write('still here');
        return raw.socket.destroyed;
      },
      { what: 'the end' },
    );
    expect(raw.frames).toHaveLength(1);
  });

  it('gets the HTTP status where an outage is the reason', async () => {
    const edge = await startEdgeFixture();
    edge.tickets.answer('reserve', {
      kind: 'rejected',
      now: null,
      reason: 'store_unavailable',
      recorded: false,
    });
    const raw = await openSocket(await edge.ticketUrl(), { origin: FRONTEND });
    const { status, headers, body } = await raw.response();
    expect({ status, headers }).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(JSON.parse(body)).toMatchObject({ code: 'REDIS_UNAVAILABLE' });
    expect((await rejectionOf(edge))?.data).toMatchObject({ reason: 'store_unavailable', connection: null });
  });
});

describe('a client without Origin that is rejected', () => {
  it.each([
    ['/ws', 'ticket_missing'],
    ['/ws?ticket=', 'ticket_malformed'],
    [`/ws?ticket=${'A'.repeat(32)}`, 'ticket_malformed'],
    [`/ws?ticket=${'a'.repeat(8_000)}`, 'ticket_malformed'],
    [`/ws?ticket=${newTicket()}&ticket=${newTicket()}`, 'ticket_malformed'],
  ])('gets a problem document: %s', async (target, reason) => {
    const edge = await startEdgeFixture();
    const raw = await openSocket(edge.url, { target });
    const { status, headers, body } = await raw.response();
    expect(status).toBe(401);
    expect(headers).toMatchObject({
      connection: 'close',
      'cache-control': 'no-store',
      'content-type': 'application/problem+json',
      'www-authenticate': 'Ticket',
    });
    expect(JSON.parse(body)).toMatchObject({ code: 'NOT_AUTHORIZED', status: 401 });
    const event = await rejectionOf(edge);
    expect(event).toMatchObject({
      subject: createHash('sha256').update(raw.key).digest('base64url'),
      data: {
        reason,
        principal: null,
        connection: null,
        count: 1,
        context: { route: 'default', carrier: null },
      },
    });
    expect(edge.logs.named('handshake_rejected')).toMatchObject([{ reason, ticketId: null }]);
    expect(edge.tickets.count('reserve')).toBe(0);
  });

  it('knows a ticket that nobody issued by its id, in the audit log', async () => {
    const edge = await startEdgeFixture();
    await expect(connect(`${edge.url}/ws?ticket=${newTicket()}`)).rejects.toMatchObject({ status: 401 });
    await eventually(() => edge.events('admit.ticket.rejected').length === 1, { what: 'the rejection' });
    const [rejected] = edge.events('admit.ticket.rejected');
    expect(edge.logs.named('handshake_rejected')).toMatchObject([
      { reason: 'ticket_unknown', ticketId: rejected?.subject },
    ]);
  });

  it('does not choose the trace, which is linked to the one that it sends', async () => {
    const edge = await startEdgeFixture();
    const linkedTraceId = '0af7651916cd43dd8448eb211c80319c';
    const raw = await openSocket(`${edge.url}/ws`, {
      headers: { traceparent: `00-${linkedTraceId}-b7ad6b7169203331-01` },
    });
    const { traceId } = JSON.parse((await raw.response()).body);
    expect(traceId).not.toBe(linkedTraceId);
    expect((await rejectionOf(edge))?.traceparent).toContain(traceId);
    expect(edge.logs.named('handshake_rejected')).toMatchObject([{ traceId, linkedTraceId }]);
  });

  it('may send much while it is rejected, and still reads the answer', async () => {
    const { url } = await startEdgeFixture();
    const raw = await openSocket(`${url}/ws`, { pipelined: Buffer.alloc(12_000_000) });
    expect(await raw.response()).toMatchObject({ status: 401 });
    expect(await raw.closed).toMatchObject({ error: null });
  });
});

describe('a rejection before the lookup names the ticket that was presented', () => {
  const evil = { origin: 'https://evil.example' };
  const cookies = { headers: { cookie: 'c'.repeat(17_000) } };
  const version = { headers: { 'sec-websocket-version': '9' } };
  it.each([
    ['origin_blocked', '/ws', evil, {}],
    ['route_unknown', '/ws/nothing', {}, {}],
    ['bad_upgrade', '/ws', { method: 'POST' }, {}],
    ['upgrade_required', '/ws', version, {}],
    ['headers_too_large', '/ws', cookies, {}],
    ['ticket_missing', '/ws', {}, { carriers: ['subprotocol'] }],
    ['overloaded', '/ws', {}, { maxHandshakes: 0 }],
    ['too_many_connections', '/ws', {}, { maxConnections: 0 }],
  ] as const)('%s', async (reason, path, request, config) => {
    const edge = await startEdgeFixture(config);
    const { ticket, ticketId } = await edge.tickets.issue();
    const raw = await openSocket(edge.url, { target: `${path}?ticket=${ticket}`, ...request });
    await raw.closed;
    expect(await rejectionOf(edge)).toMatchObject({ subject: ticketId, data: { reason, ticketId } });
    expect(edge.logs.named('handshake_rejected')).toMatchObject([{ reason, ticketId }]);
  });

  it('upgrade_required, where a proxy has made the upgrade a plain request', async () => {
    const edge = await startEdgeFixture();
    const { ticket, ticketId } = await edge.tickets.issue();
    const plain = { headers: { upgrade: null, connection: 'close', 'sec-websocket-key': null } };
    for (const query of ['', `?ticket=${ticket}`]) {
      const raw = await openSocket(`${edge.url}/ws${query}`, plain);
      await raw.response();
      raw.abort();
    }
    expect((await rejectionOf(edge))?.data).toMatchObject({ reason: 'upgrade_required', ticketId });
  });

  it('but no ticket where it shows two', async () => {
    const edge = await startEdgeFixture();
    const target = `/ws?ticket=${newTicket()}&ticket=${newTicket()}`;
    await (await openSocket(edge.url, { target })).closed;
    expect((await rejectionOf(edge))?.data).toMatchObject({ reason: 'ticket_malformed', ticketId: null });
  });
});

describe('what the edge cannot take', () => {
  it('is more connections than it may hold, and says when to come again', async () => {
    const edge = await startEdgeFixture({ maxConnections: 1 });
    const first = await connect(await edge.ticketUrl());
    const rejected = { status: 429, headers: { 'retry-after': '5' }, problem: { code: 'RATE_LIMITED' } };
    await expect(connect(await edge.ticketUrl())).rejects.toMatchObject(rejected);
    expect((await rejectionOf(edge))?.data.reason).toBe('too_many_connections');
    await first.close();
    await eventually(() => edge.edge.connections() === 0, { what: 'room' });
    await connect(await edge.ticketUrl());
  });

  it('is more connections than it may hold, counting those about to be', async () => {
    const edge = await startEdgeFixture({ maxConnections: 1 });
    const held = edge.tickets.hold('reserve');
    const first = connect(await edge.ticketUrl());
    await held.reached;
    await expect(connect(await edge.ticketUrl())).rejects.toMatchObject({ status: 429 });
    held.letGo();
    await first;
  });

  it('is more handshakes than may wait', async () => {
    const edge = await startEdgeFixture({ maxHandshakes: 1 });
    const held = edge.tickets.hold('reserve');
    const first = connect(await edge.ticketUrl());
    await held.reached;
    expect(await edge.metrics()).toContain('admit_handshakes_in_flight 1');
    const rejected = { status: 503, problem: { code: 'OVERLOADED' } };
    await expect(connect(await edge.ticketUrl())).rejects.toMatchObject(rejected);
    expect((await rejectionOf(edge))?.data.reason).toBe('overloaded');
    held.letGo();
    await first;
  });
});

it('looks at the allowed carriers only', async () => {
  const edge = await startEdgeFixture({ carriers: ['subprotocol'] });
  await expect(connect(await edge.ticketUrl())).rejects.toMatchObject({ status: 401 });
  expect((await rejectionOf(edge))?.data.reason).toBe('ticket_missing');
  const { ticket } = await edge.tickets.issue();
  await connect(`${edge.url}/ws`, { protocols: ['admit.v1', `ticket.${ticket}`] });
});
