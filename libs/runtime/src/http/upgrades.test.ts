import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { portOf } from './listen.ts';
import { createTestServer } from './server.fixture.ts';
import { onWebSocketUpgrade } from './upgrades.ts';

/** A connection to a server that echoes bodies and closes the socket of an upgrade. */
async function open() {
  const { app, close } = await createTestServer();
  const upgrades: (string | undefined)[] = [];
  onWebSocketUpgrade(app.server, ({ headers }, socket) => {
    upgrades.push(headers.upgrade);
    socket.destroy();
  });
  app.post('/echo', ({ body, headers: { accept } }) => ({ body, accept }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(close);
  const socket = connect(portOf(app.server), '127.0.0.1').setEncoding('utf8');
  return { socket, upgrades, send: (bytes: string) => socket.write(bytes, 'latin1') };
}

function post(body: string, ...headers: readonly string[]): string {
  const lines = ['POST /echo HTTP/1.1', 'Host: a', 'Content-Type: application/json', ...headers];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

const H2C = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQ'];

it('ignores an offer of h2c: each request gets its plain answer, and the connection stays', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  const { socket, upgrades, send } = await open();
  for (let n = 1; n <= 20; n += 1) {
    const body = `[${n}]`;
    if (n % 2) send(post(body, `Content-Length: ${body.length}`, 'Accept: \xe4', ...H2C));
    else send(post(`${body.length}\r\n${body}\r\n0\r\n\r\n`, 'Transfer-Encoding: chunked', ...H2C));
    const [answer] = await once(socket, 'data');
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(answer.split('\r\n\r\n')[1]).toBe(n % 2 ? `{"body":[${n}],"accept":"ä"}` : `{"body":[${n}]}`);
  }
  socket.destroy();
  expect(upgrades).toEqual([]);
  expect(warnings).toEqual([]);
});

it.each([
  ['an offer of WebSocket', ['websocket'], post('', 'Connection: Upgrade', 'Upgrade: websocket')],
  ['an offer of several', ['h2c, WebSocket'], post('', 'Connection: Upgrade', 'Upgrade: h2c, WebSocket')],
  [
    'a request behind one without an answer yet',
    ['h2c'],
    post('[1]', 'Content-Length: 3') + post('[2]', 'Content-Length: 3', ...H2C),
  ],
])('passes on %s', async (_what, offers, bytes) => {
  const { socket, upgrades, send } = await open();
  send(bytes);
  await once(socket.resume(), 'close');
  expect(upgrades).toEqual(offers);
});
