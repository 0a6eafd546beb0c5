import { createServer, type Server } from 'node:http';
import { captureLogs, openSocket } from '@admit-one/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createLogger } from '../logging.ts';
import { createTelemetry, type Telemetry } from '../telemetry.ts';
import { listen, portOf } from './listen.ts';
import { createAnswerMalformed, MAX_HEADER_BYTES, rejectConnect } from './malformed-requests.ts';

const logs = captureLogs();
let telemetry: Telemetry;
let server: Server;
let url: string;
let metricsUrl: string;

beforeEach(async () => {
  telemetry = createTelemetry({ service: 'test', instance: 'test-1' });
  const metrics = await telemetry.serveMetrics(0, '127.0.0.1');
  metricsUrl = `http://127.0.0.1:${portOf(metrics)}/metrics`;
  const log = createLogger({ level: 'debug', service: 'test', instance: 'test-1', destination: logs });
  const answer = createAnswerMalformed({ telemetry, log });
  server = createServer({ connectionsCheckingInterval: 10, maxHeaderSize: MAX_HEADER_BYTES });
  server.on('request', (_request, response) => response.end('fine'));
  server.on('clientError', answer);
  rejectConnect(server, answer);
  url = `http://127.0.0.1:${await listen(server, { port: 0, host: '127.0.0.1', variable: 'PORT' })}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await telemetry.close();
});

it.each([
  ['noise', 'NOISE\r\n\r\n', 400, 'This is not a request of HTTP/1.1: Invalid method encountered.'],
  [
    'too many headers',
    `GET / HTTP/1.1\r\nA: ${'a'.repeat(MAX_HEADER_BYTES)}\r\n\r\n`,
    431,
    'The request line and the headers are larger than 64 KiB.',
  ],
  ['a request that never ends', 'GET / HTTP/1.1\r\n', 408, 'The request took too long to arrive.'],
  [
    'a tunnel',
    'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n',
    400,
    'This is not a request of HTTP/1.1: CONNECT is for proxies, and this is not a proxy.',
  ],
])('answers %s with a problem document, and ends the connection', async (_name, request, status, detail) => {
  if (status === 408) Object.assign(server, { requestTimeout: 30, headersTimeout: 30 });
  const socket = await openSocket(url, { request });
  const response = await socket.response();
  expect(response).toMatchObject({
    status,
    headers: {
      connection: 'close',
      'access-control-allow-origin': '*',
      'cache-control': 'no-store',
      'content-type': 'application/problem+json',
      'x-content-type-options': 'nosniff',
    },
  });
  const problem = JSON.parse(response.body);
  expect(problem).toMatchObject({ status, code: 'INVALID_REQUEST', detail });
  expect(logs.named('http_request_malformed')).toContainEqual(
    expect.objectContaining({ status, traceId: problem.traceId }),
  );
  expect(await socket.closed).toMatchObject({ error: null });
  expect(await (await fetch(metricsUrl)).text()).toContain(
    `http_malformed_requests_total{status="${status}"} 1`,
  );
});

it('answers once, however much comes', async () => {
  const socket = await openSocket(url, { request: 'NOISE\r\n\r\n' });
  for (let n = 0; n < 20; n += 1) socket.write('x'.repeat(1_000));
  await socket.closed;
  expect(socket.bytes.toString().match(/HTTP\/1\.1 400/g)).toHaveLength(1);
});

it('survives a client that is gone before the answer', async () => {
  for (const request of ['NOISE\r\n\r\n', 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n'])
    (await openSocket(url, { request })).abort();
  expect((await fetch(url)).status).toBe(200);
});
