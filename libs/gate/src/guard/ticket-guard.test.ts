import { EventEmitter, once } from 'node:events';
import { handshakeKeyOf, newTicket, proofOf, ticketIdOf } from '@admit-one/core';
import { connect, encodeFrame, eventually, opcodes, openSocket } from '@admit-one/testkit';
import type { TicketReply } from '@admit-one/ticket-client';
import { describe, expect, it, vi } from 'vitest';
import type { GuardRejection } from './guard-rejection.ts';
import { accepted, principal, startGuardedServer } from './guarded-server.fixture.ts';

const FRONTEND = 'https://app.example.com';
const hello = encodeFrame({ opcode: opcodes.text, payload: Buffer.from('hello') });

function rejected(reason: 'ticket_replayed' | 'reservation_lost'): TicketReply {
  return { kind: 'rejected', now: 1_000_000, reason, recorded: true };
}

/** A reply that is given later. */
function held() {
  let give: (reply: TicketReply) => void = () => {};
  const reply = new Promise<TicketReply>((resolve) => {
    give = resolve;
  });
  return { reply, give };
}

describe('an upgrade with a ticket', () => {
  it('is reserved by its key, answered, and then confirmed for its own connection', async () => {
    const server = await startGuardedServer({ instance: 'chat-1', route: 'chat' });
    const raw = await openSocket(server.ticketUrl(), { headers: { 'user-agent': 'test' } });
    expect(await raw.response()).toMatchObject({ status: 101 });
    await eventually(() => server.outcomes.length === 1, { what: 'the confirm' });
    const [reserve, confirm] = server.sent;
    expect(reserve).toMatchObject({
      name: 'reserve',
      handshake: handshakeKeyOf(raw.key),
      context: { address: '127.0.0.1', agent: 'test', route: 'chat', carrier: 'query', edge: 'chat-1' },
    });
    expect(confirm).toMatchObject({ name: 'confirm', handshake: reserve?.handshake });
    expect(server.outcomes).toEqual([
      { kind: 'admitted', connection: confirm?.connection, ticketId: expect.any(String), principal },
    ]);
    expect(server.guard.inFlight).toBe(0);
    raw.abort();
  });

  it('is heard when the confirm has succeeded, and not before', async () => {
    const server = await startGuardedServer();
    const { reply, give } = held();
    server.answer('confirm', reply);
    const raw = await openSocket(server.ticketUrl(), { pipelined: hello });
    expect(await raw.response()).toMatchObject({ status: 101 });
    raw.write(hello);
    await eventually(() => server.named('confirm').length === 1, { what: 'the confirm' });
    expect(server.heard).toEqual([]);
    give(accepted);
    expect((await raw.next()).payload.toString()).toBe('hello');
    expect((await raw.next()).payload.toString()).toBe('hello');
    raw.abort();
  });

  it('is never heard where the confirm is rejected, and closed with the reason', async () => {
    const server = await startGuardedServer();
    server.answer('confirm', rejected('reservation_lost'));
    const connection = await connect(server.ticketUrl());
    connection.socket.send('early');
    expect(await connection.closed).toEqual({ code: 4409, reason: 'RESERVATION_LOST' });
    expect(server.heard).toEqual([]);
    expect(server.rejections).toMatchObject([{ reason: 'reservation_lost', recorded: true }]);
  });

  it.each([
    [['admit.v1', 'chat'], 'chat'],
    [['other', 'admit.v1'], 'admit.v1'],
  ])('that offers %j is answered %j', async (offered, answered) => {
    const server = await startGuardedServer({ protocols: ['chat'] });
    const ticket = newTicket();
    const { socket } = await connect(server.url, { protocols: [...offered, `ticket.${ticket}`] });
    expect(socket.protocol).toBe(answered);
    expect(server.sent[0]?.context).toMatchObject({ carrier: 'subprotocol' });
  });

  it('is admitted whatever else it offers', async () => {
    const server = await startGuardedServer({ protocols: ['chat'] });
    const others = ['chat', 'chat', '', 'a b', `jwt.${'a'.repeat(5_000)}`];
    const raw = await openSocket(server.url, { protocols: [...others, `ticket.${newTicket()}`] });
    expect(await raw.response()).toMatchObject({
      status: 101,
      headers: { 'sec-websocket-protocol': 'chat' },
    });
  });
});

describe('a handshake that fails gives its ticket back', () => {
  it('where the server does not like the upgrade', async () => {
    const server = await startGuardedServer();
    const raw = await openSocket(server.ticketUrl(), { headers: { 'sec-websocket-version': '9' } });
    expect(await raw.response()).toMatchObject({ status: 400 });
    await eventually(() => server.named('release').length === 1, { what: 'the release' });
    expect(server.named('release')).toMatchObject([
      { why: 'client_gone', handshake: handshakeKeyOf(raw.key) },
    ]);
    expect(server.guard.inFlight).toBe(0);
  });

  it.each(['end', 'abort'] as const)('where the client is gone before the reply (%s)', async (leave) => {
    const server = await startGuardedServer();
    const { reply, give } = held();
    server.answer('reserve', reply);
    const raw = await openSocket(server.ticketUrl());
    await eventually(() => server.named('reserve').length === 1, { what: 'the reserve' });
    raw[leave]();
    await once(raw.socket, leave === 'end' ? 'finish' : 'close');
    await (await openSocket(server.url)).response();
    give(accepted);
    await eventually(() => server.named('release').length === 1, { what: 'the release' });
    expect(server.named('confirm')).toEqual([]);
  });
});

describe('layers that ask for the same handshake', () => {
  it('share its key, and the ticket is not given back by those that only looked', async () => {
    const server = await startGuardedServer();
    const { url } = server;
    const raw = await openSocket(server.ticketUrl());
    await eventually(() => server.outcomes.length === 1, { what: 'the confirm' });
    const request = { url: `${url}/?ticket=${newTicket()}`, headers: { 'sec-websocket-key': raw.key } };
    const layer = () => server.guard.admitPostUpgrade(asRequest(request), { key: raw.key });
    expect(await Promise.all([layer(), layer()])).toMatchObject([{ kind: 'reserved' }, { kind: 'reserved' }]);
    expect(new Set(server.named('reserve').map(({ handshake }) => handshake)).size).toBe(1);
    raw.abort();
  });
});

it('can be rejected by the server itself, with the ticket unspent', async () => {
  const server = await startGuardedServer();
  server.answer('confirm', accepted);
  const socket = new EventEmitter();
  const request = { ...parts({ url: `/?ticket=${newTicket()}`, headers: {} }), socket };
  const admission = await server.guard.admit(request as never);
  if (admission.kind !== 'reserved') throw new Error(admission.reason);
  const written: string[] = [];
  Object.assign(socket, { resume() {}, end: (bytes: Buffer) => written.push(bytes.toString()) });
  admission.reject('too_many_connections');
  socket.emit('close');
  expect(written).toEqual([expect.stringMatching(/^HTTP\/1.1 429 /)]);
  await eventually(() => server.named('release').length === 1, { what: 'the release' });
  expect(server.rejections).toMatchObject([{ reason: 'too_many_connections', ticketId: admission.ticketId }]);
});

describe('a rejected upgrade', () => {
  it.each([
    ['/', 'ticket_missing'],
    ['/?ticket=x', 'ticket_malformed'],
    [`/?ticket=${newTicket()}&ticket=${newTicket()}`, 'ticket_malformed'],
  ])('is answered over HTTP, and never asked about: %s', async (target, reason) => {
    const server = await startGuardedServer();
    const raw = await openSocket(server.url, { target });
    const { status, headers, body } = await raw.response();
    expect({ status, headers }).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Ticket' } });
    const { traceId } = JSON.parse(body);
    expect(server.rejections).toMatchObject([{ reason, traceId, recorded: false, ticketId: null }]);
    expect(server.sent).toEqual([]);
  });

  it('tells a browser by a close frame', async () => {
    const server = await startGuardedServer({ origins: [FRONTEND] });
    server.answer('reserve', rejected('ticket_replayed'));
    const connection = await connect(server.ticketUrl(), { origin: FRONTEND });
    expect(await connection.closed).toEqual({ code: 4401, reason: 'NOT_AUTHORIZED' });
    const ticket = newTicket();
    const blocked = await connect(`${server.url}/?ticket=${ticket}`, { origin: 'https://evil.example' });
    expect(await blocked.closed).toEqual({ code: 1008, reason: 'ORIGIN_BLOCKED' });
    expect(server.named('reserve')).toHaveLength(1);
    expect(server.rejections).toMatchObject([
      { reason: 'ticket_replayed', byClose: true, recorded: true },
      { reason: 'origin_blocked', byClose: true, recorded: false, ticketId: ticketIdOf(proofOf(ticket)) },
    ]);
  });

  it('may be one by a rule of the server', async () => {
    const server = await startGuardedServer({ origins: (origin) => origin.endsWith('.example.com') });
    await connect(server.ticketUrl(), { origin: FRONTEND });
    const blocked = await connect(server.ticketUrl(), { origin: 'https://example.org' });
    expect(await blocked.closed).toMatchObject({ code: 1008 });
  });

  it('is one too many, until another one has ended', async () => {
    const server = await startGuardedServer({ maxHandshakes: 1 });
    const { reply, give } = held();
    server.answer('reserve', reply);
    const first = connect(server.ticketUrl());
    await eventually(() => server.guard.inFlight === 1, { what: 'the first' });
    const overloaded = { status: 503, headers: { 'retry-after': '1' }, problem: { code: 'OVERLOADED' } };
    await expect(connect(server.ticketUrl())).rejects.toMatchObject(overloaded);
    give(accepted);
    await first;
    await eventually(() => server.guard.inFlight === 0, { what: 'room' });
    await connect(server.ticketUrl());
  });

  it('has a trace of its own, or the one that the server says', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    const rejections: GuardRejection[] = [];
    const own = await startGuardedServer({ onRejected: (rejection) => rejections.push(rejection) });
    const stranger = await openSocket(own.url, { headers });
    expect(JSON.parse((await stranger.response()).body).traceId).not.toBe(traceId);
    expect(rejections).toMatchObject([{ context: { traceparent: null } }]);

    const server = await startGuardedServer({
      traceparent: ({ headersDistinct }) => headersDistinct.traceparent?.[0],
    });
    const raw = await openSocket(server.url, { headers });
    expect(JSON.parse((await raw.response()).body)).toMatchObject({ traceId });
    const other = await openSocket(server.url, { headers: { traceparent: `00-${'0'.repeat(32)}-1-01` } });
    expect(JSON.parse((await other.response()).body).traceId).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('a ticket that comes after the upgrade', () => {
  it('is held by the key of its connection', async () => {
    const { guard, sent } = await startGuardedServer();
    const request = asRequest({ url: '/', headers: {} });
    const admission = await guard.admitPostUpgrade(request, { key: 'engine-1', ticket: newTicket() });
    if (admission.kind !== 'reserved') throw new Error(admission.reason);
    expect(sent).toMatchObject([{ handshake: handshakeKeyOf('engine-1'), context: { carrier: 'message' } }]);
    const [first, again] = await Promise.all([admission.confirm(), admission.confirm()]);
    expect(first).toMatchObject({ kind: 'admitted', principal });
    expect(again).toBe(first);
    await admission.release();
    expect(sent.map(({ name }) => name)).toEqual(['reserve', 'confirm']);
  });

  it('is not given back while its confirm is under way', async () => {
    const { guard, sent, answer } = await startGuardedServer();
    const { reply, give } = held();
    answer('confirm', reply);
    const request = asRequest({ url: '/', headers: {} });
    const admission = await guard.admitPostUpgrade(request, { key: 'engine-1', ticket: newTicket() });
    if (admission.kind !== 'reserved') throw new Error(admission.reason);
    const confirming = admission.confirm();
    await admission.release('client_gone');
    give(accepted);
    expect(await confirming).toMatchObject({ kind: 'admitted' });
    expect(sent.map(({ name }) => name)).toEqual(['reserve', 'confirm']);
  });

  it('is given back where its connection ends before', async () => {
    const { guard, sent } = await startGuardedServer();
    const request = asRequest({ url: '/', headers: {} });
    const admission = await guard.admitPostUpgrade(request, { key: 'engine-1', ticket: newTicket() });
    if (admission.kind !== 'reserved') throw new Error(admission.reason);
    await Promise.all([admission.release('client_gone'), admission.release('client_gone')]);
    expect(sent.map(({ name }) => name)).toEqual(['reserve', 'release']);
    expect(guard.inFlight).toBe(0);
  });

  it.each([
    [1, 'ticket_malformed'],
    [{ ticket: newTicket() }, 'ticket_malformed'],
    ['', 'ticket_malformed'],
    [null, 'ticket_missing'],
    [undefined, 'ticket_missing'],
  ])('may be anything: %j', async (ticket, reason) => {
    const { guard, sent } = await startGuardedServer();
    const rejection = await guard.admitPostUpgrade(asRequest({ url: '/', headers: {} }), {
      key: 'engine-1',
      ticket,
    });
    expect(rejection).toMatchObject({
      kind: 'rejected',
      reason,
      close: { code: 4401 },
      http: { status: 401 },
    });
    expect(sent).toEqual([]);
  });
});

describe('a reservation that nobody settles', () => {
  it('takes a place as long as its lease', async () => {
    const { guard } = await startGuardedServer();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      await guard.admitPostUpgrade(asRequest({ url: '/', headers: {} }), {
        key: 'engine-1',
        ticket: newTicket(),
      });
      expect(guard.inFlight).toBe(1);
      vi.advanceTimersByTime(5_000);
      expect(guard.inFlight).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a bug', () => {
  it('in a rule for origins lets no page in', async () => {
    const origins = () => {
      throw new Error('a bug');
    };
    const server = await startGuardedServer({ origins });
    const connection = await connect(server.ticketUrl(), { origin: FRONTEND });
    expect(await connection.closed).toMatchObject({ code: 1008 });
    expect(server.errors).toMatchObject([{ message: 'a bug' }]);
  });

  it('in reading the address leaves that out of the audit log', async () => {
    const clientAddress = () => {
      throw new Error('a bug');
    };
    const server = await startGuardedServer({ clientAddress });
    await connect(server.ticketUrl());
    expect(server.sent[0]?.context).toMatchObject({ address: null });
  });

  it('in the hook for rejections changes nothing for the client', async () => {
    const server = await startGuardedServer({
      onRejected: () => {
        throw new Error('a bug');
      },
    });
    await expect(connect(server.url)).rejects.toMatchObject({ status: 401 });
    expect(server.errors).toMatchObject([{ message: 'a bug' }]);
  });
});

/** The parts of a request that the guard reads. */
function asRequest(request: { url: string; headers: Record<string, string> }) {
  return parts(request) as never;
}

function parts(request: { url: string; headers: Record<string, string> }) {
  return { ...request, headersDistinct: {}, socket: { remoteAddress: '192.0.2.1' } };
}
