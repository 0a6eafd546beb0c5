import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createStoreClock } from '@admit-one/core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createEcho } from '../routes/create-routes.ts';
import type { PlainRoute } from '../routes/types.ts';
import { openConnection } from './connection.ts';
import { EdgeWebSocket } from './edge-web-socket.ts';
import { createTimerWheel, TICK_MS } from './timer-wheel.ts';
import type { ConnectionRecord } from './types.ts';

async function acceptOne(): Promise<EdgeWebSocket> {
  const server = new WebSocketServer<typeof EdgeWebSocket>({
    port: 0,
    host: '127.0.0.1',
    WebSocket: EdgeWebSocket,
  });
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => client.terminate());
  const [[accepted]] = await Promise.all([once(server, 'connection'), once(client, 'open')]);
  return accepted;
}

function open(webSocket: EdgeWebSocket, route: PlainRoute, onError: (error: unknown) => void = () => {}) {
  const principal = {
    issuer: 'main',
    session: 's-1',
    sessionFrom: 'sid',
    user: null,
    tokenIssuedAt: 0,
    kid: null,
    attributes: {},
  };
  const limits = {
    heartbeatMs: 25_000,
    lifetimeMs: 3_600_000,
    maxBufferedBytes: 1,
    maxMessagesPerSecond: 1,
    maxBytesPerSecond: 1,
    expiry: new Map(),
    expiryGraceMs: 0,
  };
  const shared = { limits, clock: createStoreClock(), wheel: createTimerWheel() };
  const facts = {
    id: 'c-1',
    ticketId: 't-1',
    principal,
    pathway: 'ticket',
    address: null,
    traceparent: null,
    place: { session: 's-1', user: null },
  } as const;
  return new Promise<ConnectionRecord>((onClosed) => {
    const callbacks = { onMessage() {}, onPaused() {}, onBuffered() {}, onError, onClosed };
    openConnection({ ...facts, webSocket, route }, { ...callbacks, ...shared });
  });
}

it('leaves no timer behind', async () => {
  const webSocket = await acceptOne();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  const ended = open(webSocket, createEcho('echo'));
  expect(vi.getTimerCount()).toBe(1);
  webSocket.terminate();
  await ended;
  expect(vi.getTimerCount()).toBe(0);
});

it.each([
  [0, 1],
  [0.5, 0.95],
  [0.999, 0.9001],
])(
  'lives for 90 to 100 % of the configured lifetime: where random is %s, %s of it',
  async (random, share) => {
    const webSocket = await acceptOne();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const drawn = vi.spyOn(Math, 'random').mockReturnValue(random);
    onTestFinished(() => drawn.mockRestore());
    const ended = open(webSocket, createEcho('echo'));
    webSocket.ping = () => webSocket.emit('pong', Buffer.alloc(0));
    vi.advanceTimersByTime(3_600_000 * share - TICK_MS);
    expect(webSocket.readyState).toBe(WebSocket.OPEN);
    vi.advanceTimersByTime(2 * TICK_MS);
    expect((await ended).closeInfo).toMatchObject({ code: 1012, reason: 'lifetime_reached' });
  },
);

describe('a client that answers no ping', () => {
  const silent: PlainRoute = {
    name: 'silent',
    protocols: [],
    open: () => ({ message() {}, closed() {} }),
  };

  async function openSilent() {
    const webSocket = await acceptOne();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    webSocket.ping = () => {};
    return { webSocket, ended: open(webSocket, silent) };
  }

  it.each(['message', 'ping'])('is kept as long as it sends something: %s', async (event) => {
    const { webSocket, ended } = await openSilent();
    webSocket.ping = () => webSocket.emit(event, Buffer.alloc(0), false);
    vi.advanceTimersByTime(250_000);
    expect(webSocket.readyState).toBe(WebSocket.OPEN);
    webSocket.ping = () => {};
    vi.advanceTimersByTime(75_000);
    expect((await ended).closeInfo).toMatchObject({ code: 1006, text: 'no pong' });
  });

  it('is kept as long as it is not read', async () => {
    const { webSocket, ended } = await openSilent();
    webSocket.pause();
    vi.advanceTimersByTime(250_000);
    expect(webSocket.readyState).toBe(WebSocket.OPEN);
    webSocket.resume();
    vi.advanceTimersByTime(75_000);
    expect((await ended).closeInfo).toMatchObject({ code: 1006, text: 'no pong' });
  });
});

it('closes where its route fails, and tells of it', async () => {
  const webSocket = await acceptOne();
  const bug = new Error('a bug');
  const broken: PlainRoute = {
    name: 'broken',
    protocols: [],
    open() {
      throw bug;
    },
  };
  const errors: unknown[] = [];
  const { closeInfo: ending } = await open(webSocket, broken, (error) => errors.push(error));
  expect(ending).toMatchObject({ code: 1011, text: 'INTERNAL', reason: 'internal' });
  expect(errors).toEqual([bug]);
});
