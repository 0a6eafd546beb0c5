import { beforeEach, expect, onTestFinished, test } from 'vitest';
import type { AdmitCloseEvent } from './admit-socket.ts';
import type { PublicCode } from './public-codes.ts';
import { createTestServer, type TestServer } from './testing/index.ts';
import { createWebSocketClass } from './web-socket-class.ts';

let server: TestServer;

beforeEach(() => {
  server = createTestServer();
});

/** The close event of a socket, and whether `error` was fired before. */
function closeEvent(
  getToken: () => string | null = () => 'jwt',
): Promise<AdmitCloseEvent & { error: boolean }> {
  const Class = createWebSocketClass({ getToken, environment: server.environment });
  const socket = new Class('wss://api.example.com/ws');
  onTestFinished(() => socket.close());
  let error = false;
  socket.onerror = () => {
    error = true;
  };
  return new Promise((resolve) => {
    socket.onclose = (event) => resolve(Object.assign(event, { error }));
  });
}

const rejectedRequests: readonly [PublicCode, number][] = [
  ['MISSING_SESSION', 1008],
  ['SESSION_REVOKED', 1008],
  ['ANONYMOUS_DISABLED', 1008],
  ['REDIS_UNAVAILABLE', 1006],
  ['RATE_LIMITED', 1006],
];
test.each(rejectedRequests)('a ticket request rejected with %s closes with %i', async (code, expected) => {
  server.reject(code);
  expect(await closeEvent()).toMatchObject({ code: expected, reason: code, error: expected === 1006 });
});

test('a token that is rejected again after its refresh closes with 1008', async () => {
  server.reject('INVALID_TOKEN');
  server.reject('INVALID_TOKEN');
  expect(await closeEvent()).toMatchObject({ code: 1008, reason: 'INVALID_TOKEN', error: false });
  expect(server.ticketRequests).toHaveLength(2);
});

test('without a token it closes with 1008', async () => {
  expect(await closeEvent(() => null)).toMatchObject({ code: 1008, reason: 'SIGNED_OUT', error: false });
});

const closedConnections: readonly [PublicCode, number][] = [
  ['NOT_AUTHORIZED', 1013],
  ['RESERVATION_LOST', 1013],
  ['SESSION_EXPIRED', 1013],
  ['RATE_LIMITED', 1013],
  ['INTERNAL', 1013],
  ['RESTARTING', 1012],
  ['UNAVAILABLE', 1013],
  ['MESSAGE_TOO_BIG', 1009],
  ['SESSION_REVOKED', 1008],
  ['ORIGIN_BLOCKED', 1008],
];
test.each(closedConnections)('a connection closed with %s closes with %i', async (code, expected) => {
  const closed = closeEvent();
  (await server.connection()).closeWith(code);
  expect(await closed).toMatchObject({ code: expected, reason: code, error: false });
});

test("the application's own close codes are unchanged", async () => {
  const closed = closeEvent();
  (await server.connection()).close(4100, 'kicked');
  expect(await closed).toMatchObject({ code: 4100, reason: 'kicked' });
});
