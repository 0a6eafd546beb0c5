import { type AdmitSocket, type ConnectOptions, connect, type RejectedMessage } from '@admit-one/client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';
import { FRONTEND } from '../stack/stack.ts';

let stack: EmbeddedStack;

beforeAll(async () => {
  stack = await startEmbedded({ MAX_MESSAGE_BYTES: '1024' });
});

afterAll(() => stack.stop());

/** A `WebSocket` class that sends this origin. */
function webSocketOf(origin: string) {
  return class extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols, { origin });
    }
  };
}

/** Connects to the stack until the test ends. */
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

test.each(['subprotocol', 'query'] as const)(
  'connects with the carrier %s and gets its echo',
  async (carrier) => {
    const socket = client({ carrier, route: 'default' });
    const messages: unknown[] = [];
    socket.onmessage = ({ data }) => messages.push(data);
    socket.onopen = () => socket.send('hello');
    await expect.poll(() => messages).toEqual(['hello']);
    expect(socket).toMatchObject({ state: 'open', reason: null, readyState: 1, protocol: '' });
    expect(socket.ticketId).toMatch(/^[\w-]{43}$/);
  },
);

test('an expired token is refreshed once', async () => {
  const freshFlags: boolean[] = [];
  const socket = client({
    getToken({ fresh }) {
      freshFlags.push(fresh);
      return stack.users.token(fresh ? {} : { exp: Math.floor(Date.now() / 1000) - 3_600 });
    },
  });
  await expect.poll(() => socket.state).toBe('open');
  expect(freshFlags).toEqual([false, true]);
});

test('a blocked origin stops the client', async () => {
  const socket = client({ environment: { WebSocket: webSocketOf('https://elsewhere.example') } });
  await expect.poll(() => socket.state).toBe('stopped');
  expect(socket.reason).toBe('ORIGIN_BLOCKED');
});

test('the ticket status has the reason of an upgrade rejected by HTTP status', async () => {
  const socket = client({ route: 'elsewhere', environment: { WebSocket } });
  await expect.poll(() => socket.reason).toBe('NOT_AUTHORIZED');
});

test('a message that is too big ends the connection once', async () => {
  const socket = client({ bufferedBytes: 10_000 });
  const rejected: RejectedMessage[] = [];
  const messages: unknown[] = [];
  let opened = 0;
  socket.addEventListener('rejected', ({ detail }) => rejected.push(detail));
  socket.onmessage = ({ data }) => messages.push(data);
  socket.onopen = () => {
    opened += 1;
    socket.send('x'.repeat(2_000));
    if (opened > 1) socket.send('small');
  };
  await expect.poll(() => messages).toEqual(['small']);
  expect(opened).toBe(2);
  expect(rejected.map(({ bytes }) => bytes)).toEqual([2_000, 2_000]);
});
