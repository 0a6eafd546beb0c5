import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { captureLogs, openSocket } from '@admit-one/testkit';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../logging.ts';
import { createTelemetry, type Telemetry } from '../telemetry.ts';
import { boundConnections, maxConnectionsOf } from './bound-connections.ts';
import { listen } from './listen.ts';

let telemetry: Telemetry;
let server: Server;
let url: string;
const logs = captureLogs();

beforeEach(async () => {
  telemetry = createTelemetry({ service: 'test', instance: 'test-1' });
  const log = createLogger({ level: 'info', service: 'test', instance: 'test-1', destination: logs });
  server = createServer();
  boundConnections(server, { readMaxConnections: () => 2, telemetry, log });
  server.on('upgrade', (_request, socket) => {
    socket.on('error', () => {});
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    onTestFinished(() => void socket.destroy());
  });
  url = `http://127.0.0.1:${await listen(server, { port: 0, host: '127.0.0.1', variable: 'PORT' })}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await telemetry.close();
});

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

it('closes the connection that is idle for longest for a newcomer, and says so once', async () => {
  server.on('request', (_request, response) => response.end('fine'));
  const first = await openSocket(url, { request: GET });
  await first.response();
  for (let n = 0; n < 3; n += 1) {
    const next = await openSocket(url, { request: GET });
    expect(await next.response()).toMatchObject({ status: 200 });
  }
  await first.closed;
  expect(logs.text.match(/http_connections_at_bound/g)).toHaveLength(1);
});

it('closes the newcomer where every connection is busy', async () => {
  for (let n = 0; n < 2; n += 1) {
    const asked = once(server, 'request');
    await openSocket(url, { request: GET });
    await asked;
  }
  const newcomer = await openSocket(url, { request: GET });
  await newcomer.closed;
  expect(newcomer.bytes).toHaveLength(0);
});

it('closes no upgraded connection for a newcomer, though it has no request', async () => {
  server.on('request', (_request, response) => response.end('fine'));
  const upgraded = await openSocket(url);
  expect(await upgraded.response()).toMatchObject({ status: 101 });
  for (let n = 0; n < 3; n += 1)
    expect(await (await openSocket(url, { request: GET })).response()).toMatchObject({ status: 200 });
  expect(upgraded.socket.destroyed).toBe(false);
  upgraded.abort();
});

it.each([
  ['Max open files            1200                 524288               files', 136, 1_000],
  ['Max open files            100                  100                  files', 50, 16],
  ['Max open files            unlimited            unlimited            files', 50, 10_000],
  ['', 50, 10_000],
])('leaves descriptors for the rest: %j, of which %s are used', (limits, used, most) =>
  expect(maxConnectionsOf(limits, used)).toBe(most),
);
