import { connect, encodeFrame, eventually, opcodes, openSocket } from '@admit-one/testkit';
import { describe, expect, it } from 'vitest';
import { FRONTEND, startEdgeFixture } from '../edge.fixture.ts';

const text = (payload: string) => encodeFrame({ opcode: opcodes.text, payload });

describe('a client that goes away during the reserve', () => {
  it.each(['abort', 'end'] as const)('gives its ticket back: %s', async (way) => {
    const edge = await startEdgeFixture();
    const held = edge.tickets.hold('reserve');
    const url = await edge.ticketUrl();
    const raw = await openSocket(url);
    await held.reached;
    raw[way]();
    await eventually(() => raw.socket.writableFinished || raw.socket.closed, {
      what: 'the end of the client',
    });
    await edge.roundTrip();
    held.letGo();
    await eventually(() => edge.events('admit.ticket.released').length === 1, { what: 'the release' });
    expect(edge.events('admit.ticket.released')[0]?.data).toMatchObject({ why: 'client_gone' });
    expect(edge.events('admit.handshake.rejected', 'admit.connection.closed')).toEqual([]);
    expect(edge.tickets.count('confirm')).toBe(0);
    await connect(url);
  });

  it('gives its ticket back where the 101 is what meets the reset', async () => {
    const edge = await startEdgeFixture();
    const held = edge.tickets.hold('reserve');
    const url = await edge.ticketUrl();
    const raw = await openSocket(url);
    await held.reached;
    raw.abort();
    held.letGo();
    await eventually(() => edge.events('admit.ticket.released').length === 1, { what: 'the release' });
    expect(edge.events('admit.ticket.released')[0]?.data).toMatchObject({ why: 'client_gone' });
    expect(edge.tickets.count('confirm')).toBe(0);
    await connect(url);
  });
});

describe('frames before their time', () => {
  it.each([
    ['behind the request', { pipelined: Buffer.concat([text('one'), text('two')]) }, ''],
    ['during the reserve', {}, 'reserve'],
    ['between the 101 and the confirm', {}, 'confirm'],
  ] as const)('wait, and arrive in order: %s', async (_, options, name) => {
    const edge = await startEdgeFixture();
    const held = edge.tickets.hold('confirm');
    const reserve = name === 'reserve' ? edge.tickets.hold('reserve') : undefined;
    const raw = await openSocket(await edge.ticketUrl(), options);
    await reserve?.reached;
    if (name === 'reserve') raw.write(Buffer.concat([text('one'), text('two')]));
    reserve?.letGo();
    await held.reached;
    expect(await raw.response()).toMatchObject({ status: 101 });
    if (name === 'confirm') raw.write(Buffer.concat([text('one'), text('two')]));
    expect(edge.edge.connections()).toBe(0);
    held.letGo();
    expect((await raw.next()).payload.toString()).toBe('one');
    expect((await raw.next()).payload.toString()).toBe('two');
    raw.abort();
  });

  it('reach nobody where the confirm is rejected', async () => {
    const edge = await startEdgeFixture({ closeMs: 60_000 });
    const inbound: string[] = [];
    edge.bus.messages.subscribe('admit.ws.in.>', ({ subject }) => inbound.push(subject));
    edge.tickets.answer('confirm', {
      kind: 'rejected',
      now: Date.now(),
      reason: 'reservation_lost',
      recorded: true,
    });
    const raw = await openSocket(await edge.ticketUrl('/ws/chat'), { pipelined: text('too early') });
    expect((await raw.next()).opcode).toBe(opcodes.close);
    raw.send({ opcode: opcodes.close });
    expect((await raw.closed).close).toEqual({ code: 4409, reason: 'RESERVATION_LOST' });
    expect(raw.frames).toHaveLength(1);
    expect(inbound).toEqual([]);
  });
});

describe('a confirm', () => {
  it('that is rejected hides the error from the client only', async () => {
    const edge = await startEdgeFixture();
    edge.tickets.answer('confirm', {
      kind: 'rejected',
      now: Date.now(),
      reason: 'reservation_lost',
      recorded: true,
    });
    const unmasked = encodeFrame({ opcode: opcodes.text, payload: 'x', masked: false });
    const raw = await openSocket(await edge.ticketUrl(), { pipelined: unmasked });
    expect((await raw.closed).close).toEqual({ code: 4409, reason: 'RESERVATION_LOST' });
  });

  it('that is rejected closes the connection, and the audit log has it once', async () => {
    const edge = await startEdgeFixture();
    const held = edge.tickets.hold('confirm');
    const url = await edge.ticketUrl();
    const first = await openSocket(url, { origin: FRONTEND });
    await held.reached;
    const anotherPass = await openSocket(url, { key: first.key });
    await eventually(() => edge.edge.connections() === 1, { what: 'the other pass' });
    held.letGo();
    expect((await first.closed).close).toEqual({ code: 4409, reason: 'RESERVATION_LOST' });
    anotherPass.abort();
    const rejected = () => edge.events('admit.ticket.rejected');
    await eventually(() => rejected().length === 1, { what: 'the rejection' });
    expect(rejected()[0]?.data).toMatchObject({ reason: 'reservation_lost', command: 'confirm' });
    expect(edge.events('admit.handshake.rejected')).toEqual([]);
  });

  it('whose reply is lost is repeated, and admits once', async () => {
    const edge = await startEdgeFixture();
    edge.tickets.loseReply('confirm');
    const connection = await connect(await edge.ticketUrl());
    connection.socket.send('hello');
    expect(await connection.next()).toBe('hello');
    expect(edge.tickets.count('confirm')).toBe(2);
    await eventually(() => edge.events('admit.ticket.consumed').length === 1, { what: 'the admission' });
    expect(edge.events('admit.ticket.rejected', 'admit.handshake.rejected')).toEqual([]);
  });

  it('that nobody answers in time ends with UNAVAILABLE, which the edge reports', async () => {
    const edge = await startEdgeFixture({ handshakeMs: 100 });
    const held = edge.tickets.hold('confirm');
    const connection = await connect(await edge.ticketUrl());
    expect(await connection.closed).toEqual({ code: 1013, reason: 'UNAVAILABLE' });
    const rejected = () => edge.events('admit.handshake.rejected');
    await eventually(() => rejected().length === 1, { what: 'the rejection' });
    expect(rejected()[0]?.data).toMatchObject({
      reason: 'ticket_service_unavailable',
      connection: expect.any(String),
      principal: { session: 's-1' },
    });
    expect(edge.logs.named('handshake_rejected')[0]).toMatchObject({ severity: 'CRITICAL' });
    held.letGo();
  });
});

describe('a reserve', () => {
  it('that nobody answers in time is rejected, and given back when it comes', async () => {
    const edge = await startEdgeFixture({ handshakeMs: 100 });
    const held = edge.tickets.hold('reserve');
    const url = await edge.ticketUrl();
    const rejected = { status: 503, problem: { code: 'UNAVAILABLE' } };
    await expect(connect(url)).rejects.toMatchObject(rejected);
    await eventually(() => edge.events('admit.handshake.rejected').length === 1, { what: 'the rejection' });
    held.letGo();
    await eventually(() => edge.events('admit.ticket.released').length === 1, { what: 'the release' });
    await connect(url);
  });

  it('without a ticket-service is rejected', async () => {
    const edge = await startEdgeFixture();
    const url = await edge.ticketUrl();
    await edge.tickets.stop();
    await expect(connect(url)).rejects.toMatchObject({ status: 503, problem: { code: 'UNAVAILABLE' } });
  });

  it('without a bus is rejected at once', async () => {
    const edge = await startEdgeFixture();
    const url = await edge.ticketUrl();
    await edge.bus.close();
    const startedAt = performance.now();
    await expect(connect(url)).rejects.toMatchObject({ status: 503, problem: { code: 'UNAVAILABLE' } });
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });
});
