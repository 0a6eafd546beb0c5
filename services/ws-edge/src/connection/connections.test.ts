import { connect, encodeFrame, eventually, opcodes, openSocket } from '@admit-one/testkit';
import { describe, expect, it } from 'vitest';
import { type EdgeFixture, startEdgeFixture } from '../edge.fixture.ts';

async function closedEvent({ events }: EdgeFixture) {
  await eventually(() => events('admit.connection.closed').length > 0, { what: 'the end of the connection' });
  const closed = events('admit.connection.closed');
  expect(closed).toHaveLength(1);
  return closed[0]?.data;
}

describe('a heartbeat', () => {
  it('keeps a connection that answers', async () => {
    // Long enough for a busy machine to answer in.
    const edge = await startEdgeFixture({ heartbeatMs: 300 });
    const connection = await connect(await edge.ticketUrl());
    let pings = 0;
    connection.socket.on('ping', () => {
      pings += 1;
    });
    await eventually(() => pings >= 3, { what: 'three pings' });
    connection.socket.send('hello');
    expect(await connection.next()).toBe('hello');
  });

  it('ends one that does not', async () => {
    const edge = await startEdgeFixture({ heartbeatMs: 20 });
    const raw = await openSocket(await edge.ticketUrl());
    expect((await raw.closed).close).toBeNull();
    expect(raw.frames.map(({ opcode }) => opcode)).toEqual([opcodes.ping]);
    expect(await closedEvent(edge)).toMatchObject({ code: 1006, closeText: 'no pong', initiator: 'edge' });
  });
});

describe('a lifetime', () => {
  it('ends by plan', async () => {
    const edge = await startEdgeFixture({ lifetimeMs: 50 });
    const connection = await connect(await edge.ticketUrl());
    expect(await connection.closed).toEqual({ code: 1012, reason: 'RECONNECT' });
    const closed = await closedEvent(edge);
    expect(closed).toMatchObject({ code: 1012, initiator: 'edge', reason: 'lifetime_reached' });
    expect(closed?.durationMs).toBeGreaterThanOrEqual(44);
  });

  it('is the last that the route hears', async () => {
    const edge = await startEdgeFixture({ lifetimeMs: 50, closeMs: 60_000 });
    const events: (string | undefined)[] = [];
    edge.bus.messages.subscribe('admit.ws.in.chat', ({ headers }) => events.push(headers['Admit-Event']));
    const raw = await openSocket(await edge.ticketUrl('/ws/chat'));
    expect((await raw.next()).opcode).toBe(opcodes.close);
    raw.send({ opcode: opcodes.text, payload: 'too late' });
    raw.send({ opcode: opcodes.close });
    await raw.closed;
    await eventually(() => events.includes('closed'), { what: 'the end' });
    expect(events).toEqual(['opened', 'closed']);
  });

  it('does not wait for a client that ignores its end', async () => {
    const edge = await startEdgeFixture({ lifetimeMs: 50, closeMs: 50 });
    const raw = await openSocket(await edge.ticketUrl());
    expect((await raw.closed).close).toEqual({ code: 1012, reason: 'RECONNECT' });
    expect(await closedEvent(edge)).toMatchObject({ code: 1012, initiator: 'edge' });
  });
});

describe('a client that reads slowly', () => {
  it('is closed when too much waits for it, and sees it when it reads on', async () => {
    const edge = await startEdgeFixture({ maxBufferedBytes: 100_000, closeMs: 5_000 });
    const raw = await openSocket(await edge.ticketUrl('/ws/chat'));
    await eventually(() => edge.edge.connections() === 1, { what: 'the connection' });
    raw.socket.pause();
    publish(edge, 300, Buffer.alloc(60_000));
    await edge.roundTrip();
    raw.socket.resume();
    await eventually(() => raw.frames.at(-1)?.opcode === opcodes.close, { what: 'the close frame' });
    raw.abort();
    const closed = await closedEvent(edge);
    expect(closed).toMatchObject({
      code: 4410,
      closeText: 'TOO_SLOW',
      initiator: 'edge',
      reason: 'reader_slow',
    });
    expect(closed?.messagesOut).toBeLessThan(300);
    expect((await raw.closed).close).toEqual({ code: 4410, reason: 'TOO_SLOW' });
  });

  it('is cut off where it reads no more', async () => {
    const edge = await startEdgeFixture({ maxBufferedBytes: 100_000, closeMs: 50 });
    const raw = await openSocket(await edge.ticketUrl('/ws/chat'));
    await eventually(() => edge.edge.connections() === 1, { what: 'the connection' });
    raw.socket.pause();
    publish(edge, 300, Buffer.alloc(60_000));
    expect(await closedEvent(edge)).toMatchObject({ code: 4410, initiator: 'edge' });
    raw.abort();
  });

  it('is cut off where all together buffer too much, and those who read stay', async () => {
    const edge = await startEdgeFixture({ maxTotalBufferedBytes: 1_000_000 });
    const reading = await openSocket(await edge.ticketUrl('/ws/chat'));
    const raw = await openSocket(await edge.ticketUrl('/ws/games'));
    await eventually(() => edge.edge.connections() === 2, { what: 'both connections' });
    raw.socket.pause();
    for (let n = 0; n < 300; n += 1)
      edge.bus.messages.publish({
        subject: 'admit.ws.out.route.games',
        body: Buffer.alloc(60_000),
        headers: {},
        reply: null,
      });
    expect(await closedEvent(edge)).toMatchObject({ code: 4410, initiator: 'edge', reason: 'reader_slow' });
    expect(edge.edge.connections()).toBe(1);
    reading.abort();
    raw.abort();
  });

  function publish({ bus }: EdgeFixture, times: number, body: Uint8Array): void {
    for (let n = 0; n < times; n += 1)
      bus.messages.publish({ subject: 'admit.ws.out.route.chat', body, headers: {}, reply: null });
  }
});

describe('what a client may not send', () => {
  it.each([
    ['too big a message', { opcode: opcodes.text, payload: 'x'.repeat(1_001) }, 1009],
    ['a claim of 2^63 bytes', { opcode: opcodes.binary, length: 2n ** 63n - 1n }, 1009],
    ['an unmasked frame', { opcode: opcodes.text, payload: 'x', masked: false }, 1002],
    ['reserved bits', { opcode: opcodes.text, payload: 'x', rsv: 4 }, 1002],
    ['an unknown opcode', { opcode: 3 }, 1002],
    ['a fragmented ping', { opcode: opcodes.ping, fin: false }, 1002],
    ['a long ping', { opcode: opcodes.ping, payload: 'x'.repeat(126) }, 1002],
    ['bad UTF-8', { opcode: opcodes.text, payload: Buffer.of(0xff) }, 1007],
    ['a close with code 999', { opcode: opcodes.close, payload: Buffer.of(3, 231) }, 1002],
  ])('%s', async (_, frame, code) => {
    const edge = await startEdgeFixture({ maxMessageBytes: 1_000 });
    const raw = await openSocket(await edge.ticketUrl());
    raw.send(frame);
    expect((await raw.closed).close).toMatchObject({ code });
    expect(await closedEvent(edge)).toMatchObject({ code, initiator: 'edge', messagesIn: 0 });
  });

  it('fragments without end', async () => {
    const edge = await startEdgeFixture();
    const raw = await openSocket(await edge.ticketUrl());
    raw.send({ opcode: opcodes.text, fin: false, payload: 'x' });
    for (let n = 0; n < 16; n += 1) raw.send({ opcode: opcodes.continuation, fin: false, payload: 'x' });
    expect((await raw.closed).close).toMatchObject({ code: 1008 });
  });

  it('pings faster than pongs go out', async () => {
    const edge = await startEdgeFixture();
    const raw = await openSocket(await edge.ticketUrl());
    raw.write(Buffer.concat(Array.from({ length: 500 }, () => encodeFrame({ opcode: opcodes.ping }))));
    expect((await raw.closed).close).toEqual({ code: 4429, reason: 'RATE_LIMITED' });
    expect(await closedEvent(edge)).toMatchObject({ initiator: 'edge', reason: 'message_rate' });
  });
});

describe('what a client may send', () => {
  it('is a message of exactly the bound', async () => {
    const edge = await startEdgeFixture({ maxMessageBytes: 1_000 });
    const connection = await connect(await edge.ticketUrl());
    connection.socket.send('x'.repeat(1_000));
    expect(await connection.next()).toBe('x'.repeat(1_000));
  });

  it('is a message in sixteen fragments, and an empty one', async () => {
    const edge = await startEdgeFixture();
    const raw = await openSocket(await edge.ticketUrl());
    raw.send({ opcode: opcodes.text, fin: false, payload: 'x' });
    for (let n = 0; n < 14; n += 1) raw.send({ opcode: opcodes.continuation, fin: false, payload: 'x' });
    raw.send({ opcode: opcodes.continuation, payload: 'x' });
    raw.send({ opcode: opcodes.text });
    expect((await raw.next()).payload.toString()).toBe('x'.repeat(16));
    expect(await raw.next()).toMatchObject({ opcode: opcodes.text, payload: Buffer.alloc(0) });
    raw.abort();
  });
});

describe('the end of a connection', () => {
  it('by the network is told as such', async () => {
    const edge = await startEdgeFixture();
    const raw = await openSocket(await edge.ticketUrl());
    await eventually(() => edge.edge.connections() === 1, { what: 'the connection' });
    raw.abort();
    expect(await closedEvent(edge)).toMatchObject({ code: 1006, initiator: 'network' });
  });

  it('by the client is told with its words', async () => {
    const edge = await startEdgeFixture();
    const connection = await connect(await edge.ticketUrl());
    connection.socket.close(4321, 'enough');
    expect(await closedEvent(edge)).toMatchObject({ code: 4321, closeText: 'enough', initiator: 'client' });
  });

  it('by the client does not wait for its FIN', async () => {
    const edge = await startEdgeFixture({ closeMs: 60_000 });
    const raw = await openSocket(await edge.ticketUrl());
    await eventually(() => edge.edge.connections() === 1, { what: 'the connection' });
    raw.socket.allowHalfOpen = true;
    raw.send({ opcode: opcodes.close, payload: Buffer.of(3, 232) });
    expect(await closedEvent(edge)).toMatchObject({ code: 1000, initiator: 'client' });
    expect((await raw.next()).payload).toEqual(Buffer.of(3, 232));
    raw.abort();
  });

  it('by the client keeps no ticket and no escape sequence of its words', async () => {
    const edge = await startEdgeFixture();
    const { ticket } = await edge.tickets.issue();
    const connection = await connect(`${edge.url}/ws?ticket=${ticket}`);
    connection.socket.close(1000, `\u001b[2J ${ticket} \u202e`);
    expect(await closedEvent(edge)).toMatchObject({ code: 1000, closeText: '\\u001b[2J … \\u202e' });
  });

  it('that came before the confirm is told too', async () => {
    const edge = await startEdgeFixture();
    const held = edge.tickets.hold('confirm');
    const raw = await openSocket(await edge.ticketUrl());
    await held.reached;
    raw.abort();
    await raw.closed;
    await edge.roundTrip();
    held.letGo();
    expect(await closedEvent(edge)).toMatchObject({ code: 1006, initiator: 'network' });
    expect(edge.edge.connections()).toBe(0);
  });
});
