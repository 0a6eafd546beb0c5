import type { TokenOptions } from '@admit-one/client';
import { missingEngines } from '@admit-one/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Example,
  type ExampleName,
  type ExampleStack,
  startExample,
  startExampleStack,
} from '../integrations/example.fixture.ts';
import { type EmbeddedStack, startEmbedded } from '../stack/embedded.ts';
import { openChat as openReconnectingWebSocket } from './reconnecting-websocket.fixture.ts';
import { openGraphql } from './shown/graphql-ws.ts';
import { openChat as openPartySocket } from './shown/partysocket.ts';
import { openSocketIo } from './shown/socket-io.ts';

const missing = missingEngines('nats');
const skipped = missing === undefined ? '' : ` (skipped: ${missing})`;

/** All WebSockets that the libraries opened. */
let opened: WebSocket[];

beforeEach(() => {
  opened = [];
  class CountedWebSocket extends WebSocket {
    constructor(url: string, protocols?: string[]) {
      super(url, protocols);
      opened.push(this);
    }
  }
  vi.stubGlobal('WebSocket', CountedWebSocket);
  return () => vi.unstubAllGlobals();
});

/** Ends the connection without a close frame. */
function cut(): void {
  opened.at(-1)?.terminate();
}

describe.each([
  ['partysocket', openPartySocket],
  ['reconnecting-websocket', openReconnectingWebSocket],
])('%s', (_, open) => {
  let stack: EmbeddedStack;

  beforeAll(async () => {
    stack = await startEmbedded();
  });
  afterAll(() => stack.stop());

  function openAs(getToken: TokenOptions['getToken']) {
    const ticketUrl = `${stack.tickets}/api/websocket/ticket`;
    const socket = open(`${stack.edges[0]}/ws`, { getToken, ticketUrl });
    const messages: unknown[] = [];
    socket.onmessage = ({ data }: { data: unknown }) => messages.push(data);
    onTestFinished(() => socket.close());
    return { socket, messages };
  }

  test('connects, and reconnects with a new ticket', async () => {
    const { socket, messages } = openAs(() => stack.users.token());
    socket.send('one');
    await expect.poll(() => messages).toEqual(['one']);
    cut();
    await expect.poll(() => socket.readyState).not.toBe(WebSocket.OPEN);
    socket.send('two');
    await expect.poll(() => messages).toEqual(['one', 'two']);
    expect(opened).toHaveLength(2);
  });

  test('stops if only a log-in helps', async () => {
    // Not those that the stack in this process needs for its input and output.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const getToken = vi.fn(async () => null);
    const { socket } = openAs(getToken);
    const codes: number[] = [];
    socket.onclose = ({ code }: { code: number }) => codes.push(code);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(codes).toEqual([1008]);
    expect([getToken.mock.calls.length, opened.length]).toEqual([1, 0]);
  });
});

describe.skipIf(missing)(`the example servers${skipped}`, () => {
  let running: ExampleStack;
  let example: Example;

  beforeAll(async () => {
    running = await startExampleStack();
  });
  afterAll(() => running.stop());

  function options(getToken: () => Promise<string | null> = () => running.stack.users.token()) {
    return { getToken, ticketUrl: `${running.stack.tickets}/api/websocket/ticket` };
  }

  function withExample(name: ExampleName): void {
    beforeAll(async () => {
      example = await startExample(name, running.nats);
    });
    afterAll(async () => {
      expect(await example.stop()).toBe(0);
    });
  }

  describe('graphql-ws', () => {
    withExample('graphql-ws');

    test('connects, and reconnects with a new ticket', async () => {
      const client = openGraphql(example.url, options());
      onTestFinished(() => client.dispose());
      const answers: unknown[] = [];
      for (let round = 0; round < 2; round += 1) {
        for await (const { data } of client.iterate({ query: '{ whoami }' })) answers.push(data);
        cut();
      }
      expect(answers).toEqual([{ whoami: 'test-user' }, { whoami: 'test-user' }]);
      expect(opened).toHaveLength(2);
    });

    test('stops if only a log-in helps', async () => {
      const getToken = vi.fn(async () => null);
      const client = openGraphql(example.url, options(getToken));
      const answers = client.iterate({ query: '{ whoami }' });
      await expect(answers.next()).rejects.toMatchObject({ code: 1008, reason: 'SIGNED_OUT' });
      expect(getToken).toHaveBeenCalledOnce();
    });
  });

  describe('Socket.IO', () => {
    withExample('socket.io');

    test('connects, and reconnects with a new ticket', async () => {
      const getToken = vi.fn(() => running.stack.users.token());
      const socket = openSocketIo(example.url, options(getToken));
      onTestFinished(() => void socket.disconnect());
      const welcomes: string[] = [];
      socket.on('welcome', ({ user }) => welcomes.push(user));
      await expect.poll(() => welcomes).toEqual(['test-user']);
      socket.io.engine.close();
      await expect.poll(() => welcomes).toEqual(['test-user', 'test-user']);
      expect(getToken).toHaveBeenCalledTimes(2);
    });

    test('stops if only a log-in helps', async () => {
      const getToken = vi.fn(async () => null);
      const socket = openSocketIo(example.url, options(getToken));
      await expect.poll(() => [getToken.mock.calls.length, socket.active]).toEqual([1, false]);
    });
  });
});
