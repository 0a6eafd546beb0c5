import { openSocket } from '@admit-one/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from './listen.ts';
import { createTestServer, type TestServer } from './server.fixture.ts';

let server: TestServer;
let url: string;

beforeAll(async () => {
  server = await createTestServer();
  server.app.get('/things', () => ({ done: true }));
  server.app.post('/things', () => ({ done: true }));
  await server.app.ready();
  const port = await listen(server.app.server, { port: 0, host: '127.0.0.1', variable: 'PORT' });
  url = `http://127.0.0.1:${port}/things`;
});
afterAll(() => server.close());

/** Sends lines of a request's head, and gives the answer to it. */
async function answerTo(...lines: readonly string[]) {
  const socket = await openSocket(url, {
    request: `${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`,
  });
  const { status, headers, body } = await socket.response();
  await socket.closed;
  return { status, headers, body: body === '' ? undefined : JSON.parse(body) };
}

const HOST = 'Host: test';
const GET = 'GET /things HTTP/1.1';

describe('a request', () => {
  it.each<[string, ...string[]]>([
    ['of HTTP/1.1', GET, HOST],
    ['of HTTP/1.0, which has no Host', 'GET /things HTTP/1.0'],
    ['with as many headers as there may be', GET, HOST, ...Array.from({ length: 198 }, (_, n) => `A${n}: b`)],
    ['with what it need not say', GET, HOST, 'Content-Encoding: identity'],
  ])('%s is answered', async (_name, ...lines) => {
    expect(await answerTo(...lines)).toMatchObject({ status: 200, body: { done: true } });
  });

  it.each<[string, number, string, ...string[]]>([
    ['of HTTP/0.9', 400, 'HTTP/0.9 is not spoken here, but HTTP/1.1 is.', 'GET /things'],
    ['of HTTP/2', 400, 'HTTP/2.0 is not spoken here, but HTTP/1.1 is.', 'GET /things HTTP/2.0', HOST],
    ['without Host', 400, 'The request has no Host header.', GET],
    ['with two Hosts', 400, 'The request has more than one Host header.', GET, HOST, HOST],
    [
      'with two bearers',
      400,
      'The request has more than one authorization header.',
      GET,
      HOST,
      'Authorization: a',
      'authorization: b',
    ],
    [
      'with too many headers',
      431,
      'The request has more than 200 headers.',
      GET,
      HOST,
      ...Array.from({ length: 199 }, () => 'A:'),
    ],
    [
      'with 17 kB of headers',
      431,
      'The request line and the headers without tokens are larger than 16 KiB.',
      GET,
      HOST,
      `X: ${'x'.repeat(17_000)}`,
    ],
    [
      'with more headers than Node shows',
      431,
      'The request has more than 200 headers.',
      GET,
      ...Array.from({ length: 2_001 }, () => 'A:'),
      HOST,
    ],
    [
      'that expects cake',
      417,
      'The only expectation (Expect) that is met here is 100-continue.',
      GET,
      HOST,
      'Expect: cake',
    ],
    [
      'that is compressed',
      415,
      'The body must not be compressed (Content-Encoding).',
      GET,
      HOST,
      'Content-Encoding: gzip',
    ],
    [
      'of another transfer coding',
      400,
      'The only transfer coding (Transfer-Encoding) that is read here is chunked.',
      GET,
      HOST,
      'Transfer-Encoding: gzip, chunked',
    ],
  ])('%s is rejected', async (_name, status, detail, ...lines) => {
    const answer = await answerTo(...lines);
    expect(answer).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json', 'x-content-type-options': 'nosniff' },
      body: { status, code: 'INVALID_REQUEST', detail },
    });
  });
});

it('tells which methods a path takes', async () => {
  expect(await answerTo('PUT /things?a=b HTTP/1.1', HOST)).toMatchObject({
    status: 405,
    headers: { allow: 'GET, HEAD, POST' },
    body: { code: 'INVALID_REQUEST', detail: 'The method PUT is not for /things, but GET, HEAD, POST.' },
  });
  expect(await answerTo('PUT /thing HTTP/1.1', HOST)).toMatchObject({
    status: 404,
    body: { code: 'ROUTE_UNKNOWN', detail: 'There is nothing at PUT /thing.' },
  });
});

it.each([
  ['of no type', []],
  ['of text', ['Content-Type: text/plain']],
  ['of JSON', ['Content-Type: application/json']],
])('takes an empty body %s for none', async (_name, headers) => {
  const lines = ['POST /things HTTP/1.1', HOST, 'Content-Length: 0', ...headers];
  expect(await answerTo(...lines)).toMatchObject({ status: 200 });
});
