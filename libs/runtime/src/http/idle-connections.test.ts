import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { eventually } from '@admit-one/testkit';
import { afterEach, expect, test } from 'vitest';
import { listen, portOf } from './listen.ts';
import { createTestServer, type TestServer } from './server.fixture.ts';

let server: TestServer | undefined;
let sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
  await server?.close();
});

/** Listens, with what is answered at `/` in the end. */
async function start(answer: () => Promise<string>): Promise<TestServer> {
  server = await createTestServer();
  server.app.get('/', answer);
  await server.app.ready();
  await listen(server.app.server, { port: 0, host: '127.0.0.1', variable: 'PORT' });
  return server;
}

async function open({ app }: TestServer): Promise<Socket> {
  const socket = connect(portOf(app.server), '127.0.0.1');
  sockets.push(socket);
  const accepted = once(app.server, 'connection');
  await Promise.all([once(socket, 'connect'), accepted]);
  return socket.resume();
}

test('a connection over which nothing was asked does not hold up the close of a server', async () => {
  const test = await start(async () => '');
  const socket = await open(test);
  const closed = once(socket, 'close');
  await test.app.close();
  await closed;
});

test('an answer that is under way is waited for, beside such connections', async () => {
  let answer = (_text: string) => {};
  let noteAsked = () => {};
  const asked = new Promise<void>((resolve) => {
    noteAsked = resolve;
  });
  const test = await start(() => {
    noteAsked();
    return new Promise((done) => {
      answer = done;
    });
  });
  const { app } = test;
  const reply = fetch(`http://127.0.0.1:${portOf(app.server)}/`);
  await asked;
  const closed = once(await open(test), 'close');

  const closing = app.close();
  await eventually(() => expect(app.server.listening).toBe(false), { what: 'the server stops listening' });
  answer('the whole answer');
  expect(await (await reply).text()).toBe('the whole answer');
  await Promise.all([closing, closed]);
});
