import { type AdmitSocket, type ConnectOptions, connect } from '@admit-one/client';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';

let stack: EmbeddedStack;

beforeAll(async () => {
  stack = await startEmbedded();
});

afterAll(() => stack.stop());

function client(options: Partial<ConnectOptions> = {}): AdmitSocket {
  const socket = connect({
    url: `${stack.tickets}/ws`,
    getToken: () => stack.users.token({ sub: 'alice', sessionId: 's-1' }),
    environment: { WebSocket },
    ...options,
  } as ConnectOptions);
  onTestFinished(() => socket.close());
  return socket;
}

test('logs in, connects and hears its own message', async () => {
  const socket = client({ debug: console });
  const messages: unknown[] = [];
  socket.onmessage = ({ data }) => messages.push(data);
  socket.onopen = () => socket.send('hello');
  await expect.poll(() => messages).toEqual(['hello']);
  expect(socket).toMatchObject({ state: 'open', reason: null, readyState: 1, protocol: '' });
  expect(socket.ticketId).toMatch(/^[\w-]{43}$/);
});
