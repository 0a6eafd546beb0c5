import { once } from 'node:events';
import { connect, eventually } from '@admit-one/testkit';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { FRONTEND } from '../../edge.fixture.ts';
import { startProxyFixture, startUpstream } from './upstream.fixture.ts';

describe('messages', () => {
  it('pass both ways as they are, also those that the upstream sends first', async () => {
    const upstream = await startUpstream();
    const edge = await startProxyFixture(upstream.url);
    const held = edge.tickets.hold('confirm');
    const connecting = connect(await edge.ticketUrl());
    const accepted = await upstream.next();
    accepted.webSocket.send('welcome');
    await held.reached;
    held.letGo();
    const client = await connecting;
    expect(await client.next()).toBe('welcome');
    client.socket.send('text');
    client.socket.send(Buffer.of(0, 255));
    client.socket.send('');
    expect(await client.next()).toBe('text');
    expect(await client.next()).toEqual(Buffer.of(0, 255));
    expect(await client.next()).toBe('');
    expect(accepted.messages.map(({ binary }) => binary)).toEqual([false, true, false]);
    await client.close();
    await eventually(() => edge.events('admit.connection.closed').length === 1, { what: 'the event' });
    expect(edge.events('admit.connection.closed')[0]?.data).toMatchObject({
      ...{ code: 1000, messagesIn: 3, messagesOut: 4, route: 'default' },
    });
  });

  it('wait at the upstream while the client does not read, and are not lost', async () => {
    const upstream = await startUpstream();
    const edge = await startProxyFixture(upstream.url, { maxBufferedBytes: 262_144 });
    const client = await connect(await edge.ticketUrl());
    const { webSocket } = await upstream.next();
    let received = 0;
    client.socket.on('message', (data: Buffer) => {
      received += data.length;
    });
    client.socket.pause();
    const message = Buffer.alloc(65_536);
    const count = 320;
    for (let n = 0; n < count; n += 1) webSocket.send(message);
    // What is still here does not fit into the buffers of the system and of the edge.
    await eventually(() => webSocket.bufferedAmount > 0, { what: 'a backlog at the upstream' });
    client.socket.resume();
    await eventually(() => received === count * message.length, { what: 'all bytes' });
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  it('wait at the client while the upstream does not read, and are not lost', async () => {
    const upstream = await startUpstream();
    const fast = { maxMessagesPerSecond: 1e6, maxBytesPerSecond: 1e9 };
    const edge = await startProxyFixture(upstream.url, fast);
    const client = await connect(await edge.ticketUrl());
    const { webSocket, messages } = await upstream.next();
    webSocket.removeAllListeners('message');
    webSocket.on('message', (data: Buffer, binary) => messages.push({ data, binary }));
    webSocket.pause();
    const message = Buffer.alloc(65_536);
    const count = 320;
    for (let n = 0; n < count; n += 1) client.socket.send(message);
    await eventually(() => client.socket.bufferedAmount > 0, { what: 'a backlog at the client' });
    webSocket.resume();
    await eventually(() => messages.length === count, { what: 'all messages' });
  });

  it('that wait for upstreams count towards what all connections may hold', async () => {
    const upstream = await startUpstream();
    const fast = { maxMessagesPerSecond: 1e6, maxBytesPerSecond: 1e9 };
    const edge = await startProxyFixture(upstream.url, { ...fast, maxTotalBufferedBytes: 100_000 });
    const client = await connect(await edge.ticketUrl());
    (await upstream.next()).webSocket.pause();
    const message = Buffer.alloc(65_536);
    for (let n = 0; n < 320; n += 1) client.socket.send(message, () => {});
    expect(await client.closed).toMatchObject({ code: 1006 });
    await eventually(() => edge.events('admit.connection.closed').length === 1, { what: 'the event' });
    expect(edge.events('admit.connection.closed')[0]?.data).toMatchObject({ reason: 'reader_slow' });
  });

  it.each([
    ['a client', 'message_too_big', { code: 1009, reason: 'MESSAGE_TOO_BIG' }],
    ['an upstream', 'upstream_failed', { code: 1013, reason: 'UPSTREAM_UNAVAILABLE' }],
  ])('that are too big for the edge close the connection: those of %s', async (sender, reason, closed) => {
    const upstream = await startUpstream();
    const edge = await startProxyFixture(upstream.url, { maxMessageBytes: 1_000, maxBufferedBytes: 2_000 });
    const client = await connect(await edge.ticketUrl());
    const accepted = await upstream.next();
    const side = sender === 'a client' ? client.socket : accepted.webSocket;
    side.send(Buffer.alloc(1_001));
    expect(await client.closed).toEqual(closed);
    await eventually(() => edge.events('admit.connection.closed').length === 1, { what: 'the event' });
    expect(edge.events('admit.connection.closed')[0]?.data).toMatchObject({ reason });
    expect(await accepted.closed).toMatchObject({ code: 1009 });
  });
});

describe('the upstream', () => {
  it('is told in a signed header who the connection is for', async () => {
    const upstream = await startUpstream();
    const edge = await startProxyFixture(`${upstream.url}/app`);
    const { ticket, ticketId } = await edge.tickets.issue({ principal: { attributes: { role: 'admin' } } });
    const client = await connect(`${edge.url}/ws?ticket=${ticket}`);
    const { request } = await upstream.next();
    const jwks = createRemoteJWKSet(new URL(`${edge.url.replace('ws:', 'http:')}/ws/jwks.json`));
    const { payload } = await jwtVerify(String(request.headers['x-admit-principal']), jwks, {
      algorithms: ['ES256'],
      issuer: 'urn:admit-one:edge',
      audience: upstream.url,
    });
    await client.close();
    await eventually(() => edge.events('admit.connection.closed').length === 1, { what: 'the event' });
    const [closed] = edge.events('admit.connection.closed');
    expect(payload).toMatchObject({
      ...{ issuer: 'main', session: 's-1', user: 'u-1', attributes: { role: 'admin' } },
      ...{ ticketId, connection: closed?.subject, edge: edge.instance, route: 'default' },
    });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(30);
  });

  it('gets no ticket, and of the other headers those that are listed', async () => {
    const upstream = await startUpstream();
    const edge = await startProxyFixture(
      `${upstream.url}/app?tenant=7`,
      {},
      { forwardedHeaders: ['x-wanted', 'x-absent'] },
    );
    const { ticket } = await edge.tickets.issue();
    const headers = {
      cookie: 'session=1',
      authorization: 'Bearer secret',
      'user-agent': 'agent',
      'x-admit-principal': 'forged',
      'x-forwarded-for': '203.0.113.9',
      'x-forwarded-host': 'evil.example',
      'x-wanted': 'yes',
      'x-other': 'no',
    };
    await connect(`${edge.url}/ws?ticket=${ticket}&tenant=8&EIO=4&%74enant=9&b=%20&c`, {
      origin: FRONTEND,
      headers,
    });
    const { request } = await upstream.next();
    expect(request.url).toBe('/app?tenant=7&EIO=4&b=%20&c');
    const names = Object.keys(request.headers).filter((name) => !name.startsWith('sec-websocket-'));
    expect(names.toSorted()).toEqual(
      [
        ...['connection', 'host', 'origin', 'traceparent', 'upgrade', 'user-agent'],
        ...['x-admit-principal', 'x-forwarded-for', 'x-wanted'],
      ].toSorted(),
    );
    expect(request.headers).toMatchObject({
      ...{ host: new URL(upstream.url).host, origin: FRONTEND, 'user-agent': 'agent', 'x-wanted': 'yes' },
      'x-forwarded-for': '203.0.113.9',
      'x-admit-principal': expect.stringMatching(/^eyJ/),
    });
  });

  it.each([
    ['its own choice', ['admit.v1', 'mqtt', 'other'], ['other', 'mqtt'], 'mqtt, other', 'other'],
    ['its choice before a heartbeat', ['admit.v1.heartbeat', 'mqtt'], ['mqtt'], 'mqtt', 'mqtt'],
    [
      'a heartbeat where nothing is offered to it',
      ['admit.v1', 'admit.v1.heartbeat'],
      [],
      undefined,
      'admit.v1.heartbeat',
    ],
    ['our own where nothing else is offered', ['admit.v1'], ['mqtt'], undefined, 'admit.v1'],
  ])(
    'is offered the subprotocols of the application, and the client gets %s',
    async (_, offered, spoken, passed, answered) => {
      const upstream = await startUpstream(() => 'accept', spoken);
      const edge = await startProxyFixture(upstream.url);
      const { ticket } = await edge.tickets.issue();
      const client = await connect(`${edge.url}/ws`, { protocols: [...offered, `ticket.${ticket}`] });
      const { request, messages } = await upstream.next();
      expect(request.headers['sec-websocket-protocol']?.replaceAll(',', ', ').replaceAll('  ', ' ')).toBe(
        passed,
      );
      expect(client.socket.protocol).toBe(answered);
      if (answered !== 'admit.v1.heartbeat') return;
      client.socket.send('admit.v1.heartbeat');
      expect(await client.next()).toBe('admit.v1.heartbeat');
      expect(messages).toEqual([]);
    },
  );
});

describe('a close', () => {
  it.each([
    ['with code and reason', 4321, 'bye', { code: 4321, reason: 'bye' }],
    ['with a code of the protocol', 1001, '', { code: 1001, reason: '' }],
    ['without a code', undefined, undefined, { code: 1000, reason: '' }],
  ])('of the upstream reaches the client: %s', async (_, code, text, closed) => {
    const upstream = await startUpstream();
    const edge = await startProxyFixture(upstream.url);
    const client = await connect(await edge.ticketUrl());
    const { webSocket } = await upstream.next();
    webSocket.close(code, text);
    expect(await client.closed).toEqual(closed);
    await eventually(() => edge.events('admit.connection.closed').length === 1, { what: 'the event' });
    expect(edge.events('admit.connection.closed')[0]?.data).toMatchObject({
      initiator: 'backend',
      reason: null,
    });
  });

  it('of the upstream is passed on with its words, and kept without what must not be in a log', async () => {
    const upstream = await startUpstream();
    const edge = await startProxyFixture(upstream.url);
    const client = await connect(await edge.ticketUrl());
    const { webSocket } = await upstream.next();
    const words = 'a\u0000\u202e eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln';
    webSocket.close(4321, words);
    expect(await client.closed).toEqual({ code: 4321, reason: words });
    await eventually(() => edge.events('admit.connection.closed').length === 1, { what: 'the event' });
    expect(edge.events('admit.connection.closed')[0]?.data).toMatchObject({
      ...{ code: 4321, closeText: 'a\\u0000\\u202e …', initiator: 'backend' },
    });
  });

  it('of the upstream that comes before the confirm is not lost, nor what it has sent', async () => {
    const upstream = await startUpstream();
    const edge = await startProxyFixture(upstream.url);
    const held = edge.tickets.hold('confirm');
    const connecting = connect(await edge.ticketUrl());
    const { webSocket } = await upstream.next();
    webSocket.send('go away');
    webSocket.close(4321, 'bye');
    await held.reached;
    held.letGo();
    const client = await connecting;
    expect(await client.next()).toBe('go away');
    expect(await client.closed).toEqual({ code: 4321, reason: 'bye' });
  });

  it.each([
    ['with code and reason', 4321, 'bye', { code: 4321, reason: 'bye' }],
    ['without a code', undefined, undefined, { code: 1005, reason: '' }],
  ])('of the client reaches the upstream: %s', async (_, code, text, closed) => {
    const upstream = await startUpstream();
    const edge = await startProxyFixture(upstream.url);
    const client = await connect(await edge.ticketUrl());
    const accepted = await upstream.next();
    client.socket.close(code, text);
    expect(await accepted.closed).toEqual(closed);
  });

  it('of the edge reaches both', async () => {
    const upstream = await startUpstream();
    const edge = await startProxyFixture(upstream.url);
    const client = await connect(await edge.ticketUrl());
    const accepted = await upstream.next();
    await edge.edge.drain();
    const closed = { code: 1012, reason: 'RESTARTING' };
    expect([await client.closed, await accepted.closed]).toEqual([closed, closed]);
  });

  it('is missing on the one side where it is on the other', async () => {
    const upstream = await startUpstream();
    const edge = await startProxyFixture(upstream.url);
    const one = await connect(await edge.ticketUrl());
    const lostAtUpstream = await upstream.next();
    one.socket.terminate();
    expect(await lostAtUpstream.closed).toEqual({ code: 1006, reason: '' });

    const other = await connect(await edge.ticketUrl());
    const lost = await upstream.next();
    lost.webSocket.terminate();
    expect(await other.closed).toEqual({ code: 1013, reason: 'UPSTREAM_UNAVAILABLE' });
    await eventually(() => edge.logs.named('websocket_closed').length === 2, { what: 'the log line' });
    expect(edge.logs.named('websocket_closed')[1]).toMatchObject({
      severity: 'CRITICAL',
      reason: 'upstream_failed',
    });
  });

  it('follows where the upstream answers no ping', async () => {
    const upstream = await startUpstream();
    const edge = await startProxyFixture(upstream.url, { heartbeatMs: 300 });
    const client = await connect(await edge.ticketUrl());
    const { webSocket } = await upstream.next();
    await once(webSocket, 'ping');
    webSocket.pause();
    expect(await client.closed).toMatchObject({ code: 1013 });
  });
});
