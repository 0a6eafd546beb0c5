import type { EventType } from '@admit-one/core';
import { connect, eventually, newWebSocketKey, opcodes, openSocket } from '@admit-one/testkit';
import { describe, expect, it } from 'vitest';
import { type EdgeFixture, FRONTEND, startEdgeFixture } from './edge.fixture.ts';

/** The steps of a handshake in the order that they happen in; on the bus, no order across types is promised. */
const STEPS = [
  'admit.ticket.reserved',
  'admit.ticket.consumed',
  'admit.ticket.released',
  'admit.ticket.rejected',
  'admit.handshake.rejected',
  'admit.connection.closed',
] as const satisfies readonly EventType[];

async function storyOf({ events }: EdgeFixture, length: number) {
  const story = () => STEPS.flatMap((step) => events(step));
  await eventually(() => story().length >= length, { what: `${length} events` });
  return story();
}

describe('a ticket admits a connection', () => {
  it.each(['/ws', '/ws/default', '/api/ws', '/api/ws/default'])('by the query, on %s', async (path) => {
    const { ticketUrl } = await startEdgeFixture();
    const connection = await connect(await ticketUrl(path));
    connection.socket.send('hello');
    expect(await connection.next()).toBe('hello');
    expect(await connection.close()).toEqual({ code: 1000, reason: '' });
  });

  it('by a subprotocol, which the answer does not name', async () => {
    const { url, tickets } = await startEdgeFixture();
    const { ticket } = await tickets.issue();
    const protocols = [`ticket.${ticket}`, 'admit.v1'];
    const connection = await connect(`${url}/ws`, { protocols, origin: FRONTEND });
    expect(connection.socket.protocol).toBe('admit.v1');
    connection.socket.send(Buffer.of(0, 255));
    expect(await connection.next()).toEqual(Buffer.of(0, 255));
  });

  it('and names no subprotocol where none but the ticket was offered', async () => {
    const { url, tickets } = await startEdgeFixture();
    const { ticket } = await tickets.issue();
    const raw = await openSocket(`${url}/ws`, { protocols: [`ticket.${ticket}`] });
    expect(await raw.response()).toMatchObject({ status: 101 });
    expect(raw.bytes.toString()).not.toMatch(/sec-websocket-protocol/i);
  });

  it('to an absolute-form target as well', async () => {
    const { url, ticketUrl } = await startEdgeFixture();
    const target = (await ticketUrl()).replace('ws:', 'http:');
    const raw = await openSocket(url, { target });
    expect(await raw.response()).toMatchObject({ status: 101 });
  });

  it('and the audit log tells who, from where, by what', async () => {
    const edge = await startEdgeFixture();
    const { ticket, ticketId } = await edge.tickets.issue({ principal: { session: 's-9' } });
    const headers = { 'x-forwarded-for': '203.0.113.9', 'user-agent': 'test/1' };
    const connection = await connect(`${edge.url}/ws?ticket=${ticket}`, { origin: FRONTEND, headers });
    connection.socket.send('four');
    await connection.next();
    await connection.close();
    const [reserved, consumed, closed] = await storyOf(edge, 3);
    expect(reserved).toMatchObject({ type: 'admit.ticket.reserved', subject: ticketId });
    expect(consumed?.data).toMatchObject({
      principal: { session: 's-9' },
      context: {
        address: '203.0.113.9',
        origin: FRONTEND,
        agent: 'test/1',
        route: 'default',
        carrier: 'query',
        edge: edge.instance,
      },
    });
    expect(closed).toMatchObject({
      type: 'admit.connection.closed',
      source: edge.instance,
      partitionkey: edge.instance,
      subject: consumed?.data.connection,
      traceparent: consumed?.traceparent,
      data: {
        connection: consumed?.data.connection,
        ticketId,
        principal: { session: 's-9', user: 'u-1' },
        route: 'default',
        code: 1000,
        closeText: '',
        initiator: 'client',
        reason: null,
        messagesIn: 1,
        bytesIn: 4,
        messagesOut: 1,
        bytesOut: 4,
      },
    });
  });

  it('and the log tells of both', async () => {
    const { logs, tickets, url } = await startEdgeFixture();
    const { ticket, ticketId } = await tickets.issue({ principal: { user: null } });
    const connection = await connect(`${url}/ws?ticket=${ticket}`, { origin: FRONTEND });
    await connection.close();
    const [authenticated] = logs.named('authenticated_via_ticket');
    expect(authenticated).toMatchObject({
      hasUserId: false,
      sessionId: 's-1',
      ticketId,
      ticketHash: ticketId,
    });
    expect(logs.named('websocket_connected')).toMatchObject([
      {
        origin: FRONTEND,
        originHost: 'app.example.com',
        route: 'default',
        connection: authenticated?.connection,
      },
    ]);
    await eventually(() => logs.named('websocket_closed').length === 1, { what: 'the last line' });
  });

  it('and the metrics count it', async () => {
    const { metrics, ticketUrl } = await startEdgeFixture();
    const connection = await connect(await ticketUrl());
    connection.socket.send('hello');
    await connection.next();
    const text = await metrics();
    expect(text).toContain('admit_connections{route="default"} 1');
    expect(text).toContain('admit_messages_total{route="default",direction="in"} 1');
    expect(text).toContain('admit_messages_total{route="default",direction="out"} 1');
    expect(text).toContain('admit_handshake_duration_seconds_count{outcome="admitted"} 1');
    expect(text).toContain('admit_handshakes_in_flight 0');
    await connection.close();
    await eventually(async () => (await metrics()).includes('admit_connections{route="default"} 0'), {
      what: 'the connection to be counted out',
    });
  });
});

describe('a ticket admits only one', () => {
  it('after the other: the second is a replay, told once', async () => {
    const edge = await startEdgeFixture();
    const url = await edge.ticketUrl();
    const first = await connect(url);
    await expect(connect(url)).rejects.toMatchObject({ status: 401, problem: { code: 'NOT_AUTHORIZED' } });
    first.socket.send('still here');
    expect(await first.next()).toBe('still here');
    const story = await storyOf(edge, 3);
    expect(story.map(({ type, data }) => data.reason ?? type)).toEqual([
      'admit.ticket.reserved',
      'admit.ticket.consumed',
      'ticket_replayed',
    ]);
    expect(edge.logs.named('handshake_rejected')).toMatchObject([
      { reason: 'ticket_replayed', severity: 'WARNING', origin: null },
    ]);
  });

  it.each(['one handshake key each', 'one key for all'])('of 1,000 at once, %s', async (keys) => {
    const edge = await startEdgeFixture({ maxHandshakes: 1_000, maxConnections: 1_000 });
    const url = await edge.ticketUrl();
    const key = newWebSocketKey();
    const sockets = await Promise.all(
      Array.from({ length: 1_000 }, () => openSocket(url, keys === 'one key for all' ? { key } : {})),
    );
    for (const { write } of sockets) write(Buffer.from([0x81, 0x80, 0, 0, 0, 0]));
    const echoes = () =>
      sockets.flatMap(({ frames }) => frames).filter(({ opcode }) => opcode === opcodes.text);
    const rejections = () => edge.events('admit.ticket.rejected').length;
    await eventually(() => echoes().length >= 1 && rejections() >= 999, {
      what: 'one echo, 999 rejections',
      everyMs: 100,
    });
    expect(edge.edge.connections()).toBe(1);
    expect(echoes()).toHaveLength(1);
    expect(rejections()).toBe(999);
    expect(edge.events('admit.handshake.rejected')).toEqual([]);
    for (const { abort } of sockets) abort();
  });
});

describe('a ticket of a route', () => {
  it('admits to no other', async () => {
    const edge = await startEdgeFixture();
    const url = await edge.ticketUrl('/ws', { route: 'chat' });
    await expect(connect(url)).rejects.toMatchObject({ status: 401, problem: { code: 'NOT_AUTHORIZED' } });
    const [{ data } = { data: {} }] = await storyOf(edge, 1);
    expect(data).toMatchObject({ reason: 'route_mismatch', context: { route: 'default' } });
    await connect(url.replace('/ws?', '/ws/chat?'));
  });
});
