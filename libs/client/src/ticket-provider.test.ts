import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CLIENT_NAME } from './client-name.ts';
import type { TokenContext } from './options.ts';
import { createTicketProvider, type TicketError } from './ticket-provider.ts';

interface Request {
  readonly authorization: string | undefined;
  readonly body: unknown;
}

interface ServerResponse {
  readonly status: number;
  readonly body: object;
  readonly headers?: Record<string, string>;
}

let ticketUrl: string;
let requests: Request[];
/** Undefined: the server never responds. */
let respond: (count: number) => ServerResponse | undefined;
let close: () => Promise<void>;

beforeEach(async () => {
  requests = [];
  respond = (count) => ({ status: 200, body: { ticket: `ticket ${count}` } });
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    requests.push({
      authorization: request.headers.authorization,
      body: JSON.parse(Buffer.concat(chunks).toString()),
    });
    const result = respond(requests.length);
    if (!result) return;
    response.writeHead(result.status, result.headers);
    response.end(JSON.stringify(result.body));
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

test('returns a new ticket at each call', async () => {
  const ticket = createTicketProvider({ ticketUrl, route: 'chat', getToken: () => 'jwt' });
  expect([await ticket(), await ticket()]).toEqual(['ticket 1', 'ticket 2']);
  const request = { authorization: 'Bearer jwt', body: { route: 'chat', client: CLIENT_NAME } };
  expect(requests).toEqual([request, request]);
});

test('refreshes a rejected token once', async () => {
  const contexts: Partial<TokenContext>[] = [];
  const getToken = ({ fresh, reason }: TokenContext) => {
    contexts.push({ fresh, reason });
    return fresh ? 'new' : 'old';
  };
  respond = () => ({ status: 401, body: { code: 'INVALID_TOKEN' } });
  const ticket = createTicketProvider({ ticketUrl, getToken });
  expect(await failure(ticket)).toMatchObject({ reason: 'INVALID_TOKEN', isTemporary: false });
  expect(requests.map(({ authorization }) => authorization)).toEqual(['Bearer old', 'Bearer new']);
  expect(contexts).toEqual([
    { fresh: false, reason: null },
    { fresh: true, reason: 'INVALID_TOKEN' },
  ]);
});

test.each([
  { status: 503, code: 'REDIS_UNAVAILABLE', isTemporary: true, retryAfterMs: 0 },
  { status: 429, code: 'RATE_LIMITED', isTemporary: true, retryAfterMs: 5_000 },
  { status: 401, code: 'MISSING_SESSION', isTemporary: false, retryAfterMs: 0 },
  { status: 401, code: 'SESSION_REVOKED', isTemporary: false, retryAfterMs: 0 },
])('rejects with the reason: $code', async ({ status, code, isTemporary, retryAfterMs }) => {
  const headers: Record<string, string> = retryAfterMs > 0 ? { 'retry-after': '5' } : {};
  respond = () => ({ status, body: { code }, headers });
  const ticket = createTicketProvider({ ticketUrl, getToken: () => 'jwt' });
  expect(await failure(ticket)).toMatchObject({
    name: 'TicketError',
    message: `Ticket request failed: ${code}`,
    ...{ reason: code, isTemporary, retryAfterMs },
  });
  expect(requests).toHaveLength(1);
});

test('sends no request if nobody is signed in', async () => {
  const ticket = createTicketProvider({ ticketUrl, getToken: () => null });
  expect(await failure(ticket)).toMatchObject({ reason: 'SIGNED_OUT', isTemporary: false });
  expect(requests).toEqual([]);
});

test('reports an error of getToken as a network failure', async () => {
  const cause = new Error('offline');
  const ticket = createTicketProvider({ ticketUrl, getToken: () => Promise.reject(cause) });
  expect(await failure(ticket)).toMatchObject({ reason: 'NETWORK', isTemporary: true, cause });
});

test('limits the time of the server and of getToken', async () => {
  respond = () => undefined;
  const slowServer = createTicketProvider({ ticketUrl, timeoutMs: 20, getToken: () => 'jwt' });
  const slowToken = createTicketProvider({ ticketUrl, timeoutMs: 20, getToken: () => new Promise(() => {}) });
  for (const ticket of [slowServer, slowToken])
    expect(await failure(ticket)).toMatchObject({ reason: 'TIMEOUT', isTemporary: true });
});
