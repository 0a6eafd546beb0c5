import { BusError, type Message } from '@admit-one/core';
import { type Connection, connect, eventually } from '@admit-one/testkit';
import { describe, expect, it, vi } from 'vitest';
import { type EdgeFixture, startEdgeFixture } from '../edge.fixture.ts';

/** Bridged and subscribed, which the 101 does not tell. */
async function connectTo(edge: EdgeFixture, path: string, principal = {}): Promise<Connection> {
  const before = edge.edge.connections();
  const connection = await connect(await edge.ticketUrl(path, { principal }));
  await eventually(() => edge.edge.connections() === before + 1, { what: 'the connection' });
  return connection;
}

function listen({ bus }: EdgeFixture, subject = 'admit.ws.in.chat'): Message[] {
  const heard: Message[] = [];
  bus.messages.subscribe(subject, (message) => heard.push(message));
  return heard;
}

function publish({ bus }: EdgeFixture, subject: string, body: string | Uint8Array, headers = {}): void {
  bus.messages.publish({ subject, body: Buffer.from(body), headers, reply: null });
}

describe('from a client', () => {
  it('come opened, its messages and closed, with who it is', async () => {
    const edge = await startEdgeFixture();
    const heard = listen(edge);
    const connection = await connectTo(edge, '/ws/chat', { attributes: { role: 'admin' } });
    connection.socket.send('hello');
    connection.socket.send(Buffer.of(0, 255));
    await connection.close();
    await eventually(() => heard.length === 4, { what: 'four messages' });
    expect(
      heard.map(({ headers, body }) => [
        headers['Admit-Event'],
        headers['Admit-Message-Type'],
        Buffer.from(body).toString('latin1'),
      ]),
    ).toEqual([
      ['opened', undefined, ''],
      ['message', 'text', 'hello'],
      ['message', 'binary', '\0\xff'],
      ['closed', undefined, ''],
    ]);
    await eventually(() => edge.events('admit.connection.closed').length === 1, { what: 'the event' });
    const id = edge.events('admit.connection.closed')[0]?.subject;
    for (const { headers, reply } of heard) {
      expect(headers).toMatchObject({
        'Admit-Issuer': 'main',
        'Admit-Session': 's-1',
        'Admit-User': 'u-1',
        'Admit-Connection': id,
        'Admit-Edge': edge.instance,
        'Admit-Ticket-Id': expect.stringMatching(/^[\w-]{43}$/),
        'Admit-Attributes': Buffer.from('{"role":"admin"}').toString('base64url'),
      });
      expect(reply).toBe(`admit.ws.out.connection.${edge.instance}.${id}`);
    }
  });

  it('go to its own route only', async () => {
    const edge = await startEdgeFixture();
    const games = listen(edge, 'admit.ws.in.games');
    const chat = listen(edge);
    const connection = await connectTo(edge, '/ws/chat');
    connection.socket.send('hello');
    await eventually(() => chat.length === 2, { what: 'the message' });
    expect(games).toEqual([]);
  });

  it('do not come in silence where the bus is gone: the client is told', async () => {
    const edge = await startEdgeFixture();
    const connection = await connectTo(edge, '/ws/chat');
    await edge.bus.close();
    connection.socket.send('hello');
    expect(await connection.closed).toEqual({ code: 1013, reason: 'UPSTREAM_UNAVAILABLE' });
    await eventually(() => edge.logs.named('websocket_closed').length === 1, { what: 'the log line' });
    expect(edge.logs.named('websocket_closed')[0]).toMatchObject({
      severity: 'CRITICAL',
      reason: 'upstream_unavailable',
    });
  });
});

describe('a message that is too big for the bus', () => {
  it('closes its connection and says so', async () => {
    const edge = await startEdgeFixture();
    const connection = await connectTo(edge, '/ws/chat');
    vi.spyOn(edge.bus.messages, 'publish').mockImplementation(() => {
      throw new BusError('too_big', 'above max_payload');
    });
    connection.socket.send('hello');
    expect(await connection.closed).toEqual({ code: 1009, reason: 'MESSAGE_TOO_BIG' });
  });
});

describe('to a client', () => {
  it('comes an answer to its message', async () => {
    const edge = await startEdgeFixture();
    edge.bus.messages.subscribe('admit.ws.in.chat', ({ reply, headers }) => {
      if (headers['Admit-Event'] === 'message' && reply) publish(edge, reply, 'answer');
    });
    const connection = await connectTo(edge, '/ws/chat');
    connection.socket.send('question');
    expect(await connection.next()).toBe('answer');
  });

  const plain = { session: 's-1', user: 'u-1' };
  const odd = { session: 's.1 *', user: 'auth0|\u00e4>' };
  it.each([
    ['its session', 'session.main.s-1', plain],
    ['its user', 'user.main.u-1', plain],
    ['its route', 'route.chat', plain],
    ['a session that is not plain', `session.main.=${Buffer.from(odd.session).toString('base64url')}`, odd],
    ['a user that is not plain', `user.main.=${Buffer.from(odd.user).toString('base64url')}`, odd],
  ])('comes what is for %s', async (_, subject, principal) => {
    const edge = await startEdgeFixture();
    const connection = await connectTo(edge, '/ws/chat', principal);
    publish(edge, `admit.ws.out.${subject}`, 'hello');
    expect(await connection.next()).toBe('hello');
  });

  it('comes nothing that is for others', async () => {
    const edge = await startEdgeFixture();
    const connection = await connectTo(edge, '/ws/chat', plain);
    const others = ['session.main.s-2', 'session.other.s-1', 'user.main.u-2', 'route.games', 'route.default'];
    for (const subject of others) publish(edge, `admit.ws.out.${subject}`, 'for others');
    publish(edge, `admit.ws.out.connection.${edge.instance}.other`, 'for others');
    publish(edge, 'admit.ws.out.route.chat', 'for all');
    expect(await connection.next()).toBe('for all');
  });

  it('that has no user comes nothing that is for users', async () => {
    const edge = await startEdgeFixture();
    const connection = await connectTo(edge, '/ws/chat', { user: null });
    publish(edge, 'admit.ws.out.user.main.null', 'for a user');
    publish(edge, 'admit.ws.out.route.chat', 'for all');
    expect(await connection.next()).toBe('for all');
  });

  it('of an echo route comes nothing from the bus', async () => {
    const edge = await startEdgeFixture();
    const connection = await connectTo(edge, '/ws', plain);
    publish(edge, 'admit.ws.out.route.default', 'for bridges');
    publish(edge, 'admit.ws.out.session.main.s-1', 'for bridges');
    await edge.roundTrip();
    connection.socket.send('echo');
    expect(await connection.next()).toBe('echo');
  });

  it('comes once what is for all of a session, at each of its connections', async () => {
    const edge = await startEdgeFixture();
    const first = await connectTo(edge, '/ws/chat', plain);
    const second = await connectTo(edge, '/ws/games', plain);
    publish(edge, 'admit.ws.out.session.main.s-1', 'one');
    publish(edge, 'admit.ws.out.user.main.u-1', 'two');
    for (const { next } of [first, second]) expect([await next(), await next()]).toEqual(['one', 'two']);
    await first.close();
    await eventually(() => edge.edge.connections() === 1, { what: 'the end of the first' });
    publish(edge, 'admit.ws.out.session.main.s-1', 'three');
    expect(await second.next()).toBe('three');
  });

  it.each([
    ['text', 'hello', {}, 'hello'],
    ['binary by its header', 'hello', { 'Admit-Message-Type': 'binary' }, Buffer.from('hello')],
    ['binary as it is no UTF-8', Buffer.of(0xff), {}, Buffer.of(0xff)],
    [
      'binary though its header says text',
      Buffer.of(0xff),
      { 'Admit-Message-Type': 'text' },
      Buffer.of(0xff),
    ],
  ])('comes %s', async (_, body, headers, expected) => {
    const edge = await startEdgeFixture();
    const connection = await connectTo(edge, '/ws/chat');
    publish(edge, 'admit.ws.out.route.chat', body, headers);
    expect(await connection.next()).toEqual(expected);
  });
});
