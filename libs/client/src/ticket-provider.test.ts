import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TokenContext } from './options.ts';
import { createTicketProvider, type TicketError } from './ticket-provider.ts';

interface Request {
  readonly authorization: string | undefined;
  readonly body: unknown;
}

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Record<string, string>;
}

let ticketUrl: string;
let requests: Request[];
/** Undefined never answers. */
let answer: (count: number) => Answer | undefined;
let close: () => Promise<void>;

beforeEach(async () => {
  requests = [];
  answer = (count) => ({ status: 200, body: { ticket: `ticket ${count}` } });
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    requests.push({
      authorization: request.headers.authorization,
      body: JSON.parse(Buffer.concat(chunks).toString()),
    });
    const answered = answer(requests.length);
    if (!answered) return;
    response.writeHead(answered.status, answered.headers);
    response.end(JSON.stringify(answered.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ticketUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ticket`;
  close = async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
});
afterEach(() => close());

async function failure(provide: () => Promise<string>): Promise<TicketError> {
  return provide().then(
    () => expect.unreachable(),
    (error) => error,
  );
}

test('yields a new ticket at each call', async () => {
  const ticket = createTicketProvider({ ticketUrl, route: 'chat', getToken: () => 'jwt' });
  expect([await ticket(), await ticket()]).toEqual(['ticket 1', 'ticket 2']);
  const request = { authorization: 'Bearer jwt', body: { route: 'chat' } };
  expect(requests).toEqual([request, request]);
});

test('refreshes a refused token once', async () => {
  const needs: Partial<TokenContext>[] = [];
  const getToken = ({ fresh, reason }: TokenContext) => {
    needs.push({ fresh, reason });
    return fresh ? 'new' : 'old';
  };
  answer = () => ({ status: 401, body: { code: 'INVALID_TOKEN' } });
  const ticket = createTicketProvider({ ticketUrl, getToken });
  expect(await failure(ticket)).toMatchObject({ reason: 'INVALID_TOKEN', isTemporary: false });
  expect(requests.map(({ authorization }) => authorization)).toEqual(['Bearer old', 'Bearer new']);
  expect(needs).toEqual([
    { fresh: false, reason: null },
    { fresh: true, reason: 'INVALID_TOKEN' },
  ]);
});

test.each([
  { status: 503, code: 'REDIS_UNAVAILABLE', isTemporary: true, retryAfterMs: 0 },
  { status: 429, code: 'RATE_LIMITED', isTemporary: true, retryAfterMs: 5_000 },
  { status: 401, code: 'MISSING_SESSION', isTemporary: false, retryAfterMs: 0 },
  { status: 401, code: 'SESSION_REVOKED', isTemporary: false, retryAfterMs: 0 },
])('says why there is none: $code', async ({ status, code, isTemporary, retryAfterMs }) => {
  const headers: Record<string, string> = retryAfterMs > 0 ? { 'retry-after': '5' } : {};
  answer = () => ({ status, body: { code }, headers });
  const ticket = createTicketProvider({ ticketUrl, getToken: () => 'jwt' });
  expect(await failure(ticket)).toMatchObject({
    name: 'TicketError',
    message: `There is no ticket: ${code}`,
    ...{ reason: code, isTemporary, retryAfterMs },
  });
  expect(requests).toHaveLength(1);
});

test('asks nobody where nobody is signed in', async () => {
  const ticket = createTicketProvider({ ticketUrl, getToken: () => null });
  expect(await failure(ticket)).toMatchObject({ reason: 'SIGNED_OUT', isTemporary: false });
  expect(requests).toEqual([]);
});

test('takes a throw of the application for a network fault', async () => {
  const cause = new Error('offline');
  const ticket = createTicketProvider({ ticketUrl, getToken: () => Promise.reject(cause) });
  expect(await failure(ticket)).toMatchObject({ reason: 'NETWORK', isTemporary: true, cause });
});

test('does not wait for ever: neither for a server nor for a token', async () => {
  answer = () => undefined;
  const slowServer = createTicketProvider({ ticketUrl, timeoutMs: 20, getToken: () => 'jwt' });
  const slowToken = createTicketProvider({ ticketUrl, timeoutMs: 20, getToken: () => new Promise(() => {}) });
  for (const ticket of [slowServer, slowToken])
    expect(await failure(ticket)).toMatchObject({ reason: 'TIMEOUT', isTemporary: true });
});
