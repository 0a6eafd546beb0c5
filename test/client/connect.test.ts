import { type AdmitSocket, type ConnectOptions, connect, type RefusedMessage } from '@admit-one/client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';
import { FRONTEND } from '../stack/stack.ts';

let stack: EmbeddedStack;

beforeAll(async () => {
  stack = await startEmbedded({ MAX_MESSAGE_BYTES: '1024' });
});

afterAll(() => stack.stop());

/** The `WebSocket` of a page of this origin. */
function webSocketOf(origin: string) {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { origin });
    }
  };
}

/** A client of the stack, until the test is over. */
function client(options: Partial<ConnectOptions> = {}): AdmitSocket {
  const socket = connect({
    url: `${stack.tickets}/ws`,
    getToken: () => stack.users.token({ sub: 'alice', sessionId: 's-1' }),
    environment: { WebSocket: webSocketOf(FRONTEND) },
    ...options,
  } as ConnectOptions);
  onTestFinished(() => socket.close());
  return socket;
}

test.each(['subprotocol', 'query'] as const)('logs in by %s, and hears its own message', async (carrier) => {
  const socket = client({ carrier, route: 'default' });
  const messages: unknown[] = [];
  socket.onmessage = ({ data }) => messages.push(data);
  socket.onopen = () => socket.send('hello');
  await expect.poll(() => messages).toEqual(['hello']);
  expect(socket).toMatchObject({ state: 'open', reason: null, readyState: 1, protocol: '' });
  expect(socket.ticketId).toMatch(/^[\w-]{43}$/);
});

test('a token that expired is refreshed, once', async () => {
  const asked: boolean[] = [];
  const socket = client({
    getToken({ fresh }) {
      asked.push(fresh);
      return stack.users.token(fresh ? {} : { exp: Math.floor(Date.now() / 1000) - 3_600 });
    },
  });
  await expect.poll(() => socket.state).toBe('open');
  expect(asked).toEqual([false, true]);
});

test('a token without a session stops it', async () => {
  const token = { sessionId: undefined, sub: undefined };
  const socket = client({ getToken: () => stack.users.token(token) });
  await expect.poll(() => socket.state).toBe('stopped');
  expect(socket.reason).toBe('MISSING_SESSION');
});

test('an origin that is blocked stops it', async () => {
  const socket = client({ environment: { WebSocket: webSocketOf('https://elsewhere.example') } });
  await expect.poll(() => socket.state).toBe('stopped');
  expect(socket.reason).toBe('ORIGIN_BLOCKED');
});

test('why a ticket was refused is known, though the upgrade did not say', async () => {
  const socket = client({ route: 'elsewhere', environment: { WebSocket } });
  await expect.poll(() => socket.reason).toBe('NOT_AUTHORIZED');
});

test('after three refused tickets it waits half a minute', async () => {
  const socket = client({ route: 'elsewhere' });
  await expect.poll(() => (socket.nextRetryAt ?? 0) - Date.now()).toBeGreaterThan(29_000);
  expect(socket).toMatchObject({ state: 'waiting', reason: 'NOT_AUTHORIZED' });
});

test('a message that is too big costs the connection once', async () => {
  const socket = client({ bufferedBytes: 10_000 });
  const refused: RefusedMessage[] = [];
  const messages: unknown[] = [];
  let opened = 0;
  socket.addEventListener('rejected', ({ detail }) => refused.push(detail));
  socket.onmessage = ({ data }) => messages.push(data);
  socket.onopen = () => {
    opened += 1;
    socket.send('x'.repeat(2_000));
    if (opened > 1) socket.send('small');
  };
  await expect.poll(() => messages).toEqual(['small']);
  expect(opened).toBe(2);
  expect(refused.map(({ bytes }) => bytes)).toEqual([2_000, 2_000]);
});
