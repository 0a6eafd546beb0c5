import { factsOf, type ReceivedEvent } from '@admit-one/core';
import { eventually } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DemoServer, startDemo } from './demo.fixture.ts';

const hasClosed = (events: readonly ReceivedEvent[]) =>
  events.some(({ type }) => type === 'admit.connection.closed');
const typesOf = (events: readonly ReceivedEvent[]) => events.map(({ type }) => type);

async function codeOf(response: Response): Promise<unknown> {
  return ((await response.json()) as { code: string }).code;
}

/** Kills the edge, after the pause since the last time. */
async function killEdge(
  server: DemoServer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const visitor = await server.visitor();
  return eventually(
    async () => {
      const response = await visitor.post('/demo/kill-edge', headers);
      if (response.status === 429) throw new Error('not yet');
      return response;
    },
    { what: 'the edge may be killed', everyMs: 200 },
  );
}

describe('the demo, by default', () => {
  let server: DemoServer;

  beforeAll(async () => {
    server = await startDemo();
  });
  afterAll(() => server.stop());

  test('is served at / to browsers', async () => {
    const asked = async (accept: string) => (await fetch(server.url, { headers: { accept } })).text();
    expect(await asked('text/html')).toContain('<title>page</title>');
    expect(JSON.parse(await asked('application/json'))).toMatchObject({ name: 'Admit One' });
  });

  test('streams the events of a session as they happen', async () => {
    const visitor = await server.visitor();
    const live = await visitor.events();
    const connection = await visitor.connect();
    await connection.close();
    const story = [
      'admit.connection.closed',
      'admit.ticket.consumed',
      'admit.ticket.issued',
      'admit.ticket.reserved',
    ];
    // Edge and ticket-service publish on their own: their order is not promised.
    const isWhole = (events: readonly ReceivedEvent[]) => events.length >= story.length;
    expect(typesOf(await live.until(isWhole)).toSorted()).toEqual(story);
    await live.close();

    const again = await visitor.events();
    expect(typesOf(await again.until(isWhole)).toSorted()).toEqual(story);
    await again.close();
  });

  test('streams no events of another session', async () => {
    const [visitor, stranger] = [await server.visitor(), await server.visitor()];
    const [live, strange] = [await visitor.events(), await stranger.events()];
    await (await stranger.connect()).close();
    await strange.until(hasClosed);
    await (await visitor.connect()).close();
    const events = await live.until(hasClosed);
    expect(new Set(events.map((event) => factsOf(event).session))).toEqual(new Set([visitor.sessionId]));
    await Promise.all([live.close(), strange.close()]);
  });

  test.each([
    ['GET', '/demo/events'],
    ['POST', '/demo/drop-network'],
    ['POST', '/demo/kill-edge'],
  ])('%s %s requires a token and an allowed origin', async (method, path) => {
    const { token } = await server.visitor();
    expect((await fetch(server.url + path, { method })).status).toBe(401);
    expect((await fetch(`${server.url}${path}?access_token=${token}`, { method })).status).toBe(401);
    const headers = { authorization: `Bearer ${token}`, origin: 'https://elsewhere.example' };
    const blocked = await fetch(server.url + path, { method, headers });
    expect(blocked.status).toBe(403);
    expect(await codeOf(blocked)).toBe('ORIGIN_BLOCKED');
  });

  test('limits the streams of a session', async () => {
    const visitor = await server.visitor();
    const open = await Promise.all(Array.from({ length: 4 }, () => visitor.events()));
    const headers = { authorization: `Bearer ${visitor.token}` };
    const rejected = await fetch(`${server.url}/demo/events`, { headers });
    expect(rejected.status).toBe(429);
    expect(rejected.headers.get('retry-after')).toBe('5');
    await Promise.all(open.map((live) => live.close()));
    const next = await eventually(() => visitor.events(), { what: 'a stream has made room' });
    await next.close();
  });

  test('cuts the connections of one session without a close frame', async () => {
    const [visitor, stranger] = [await server.visitor(), await server.visitor()];
    const live = await visitor.events();
    const [mine, theirs] = [await visitor.connect(), await stranger.connect()];
    expect(await (await visitor.post('/demo/drop-network')).json()).toEqual({ cut: 1 });
    expect((await mine.closed).code).toBe(1006);
    const events = await live.until(hasClosed);
    const closed = events.find(({ type }) => type === 'admit.connection.closed');
    expect(closed?.data).toMatchObject({ code: 1006, initiator: 'network' });
    theirs.socket.send('still here');
    expect(await theirs.next()).toBe('still here');
    await theirs.close();
    await live.close();
  });

  test('kills the edge: all connections end, and new ones fail until it is back', async () => {
    const visitor = await server.visitor();
    const connections = [await visitor.connect(), await (await server.visitor()).connect()];
    const response = await killEdge(server);
    expect(await response.json()).toMatchObject({ cut: 2 });
    for (const { closed } of connections) expect((await closed).code).toBe(1006);
    await expect(visitor.connect()).rejects.toThrow();

    const again = await visitor.post('/demo/kill-edge');
    expect(again.status).toBe(429);
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await fetch(server.url)).status).toBe(200);

    const connection = await eventually(() => visitor.connect(), { what: 'the edge is back', everyMs: 200 });
    await connection.close();
  });

  test('does not let clients behind a proxy kill the edge', async () => {
    const visitor = await server.visitor();
    const rejected = await visitor.post('/demo/kill-edge', { 'x-forwarded-for': '192.0.2.1' });
    expect(rejected.status).toBe(404);
    expect(await rejected.text()).toContain('DEMO_PAGE=true');
  });
});

test('with DEMO_PAGE=true, every client may kill the edge', async () => {
  const server = await startDemo({ DEMO_PAGE: 'true' });
  expect((await killEdge(server, { 'x-forwarded-for': '192.0.2.1' })).status).toBe(200);
  await server.stop();
});

test('with DEMO_PAGE=false there is no page and no demo route', async () => {
  const server = await startDemo({ DEMO_PAGE: 'false' });
  const root = await fetch(server.url, { headers: { accept: 'text/html' } });
  expect(root.headers.get('content-type')).toContain('application/json');
  const visitor = await server.visitor();
  expect((await visitor.post('/demo/kill-edge')).status).toBe(404);
  await expect(visitor.events()).rejects.toThrow('404');
  await server.stop();
});

test('an open stream does not delay a stop', async () => {
  const server = await startDemo();
  const visitor = await server.visitor();
  const live = await visitor.events();
  const connection = await visitor.connect();
  await server.stop();
  await live.ended;
  expect((await connection.closed).code).toBe(1012);
});
