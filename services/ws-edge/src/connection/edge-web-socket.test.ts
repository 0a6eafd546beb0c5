import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { Writable } from 'node:stream';
import { expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { EdgeWebSocket } from './edge-web-socket.ts';

async function connected() {
  const options = { port: 0, host: '127.0.0.1', WebSocket: EdgeWebSocket };
  const server = new WebSocketServer<typeof EdgeWebSocket>(options);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => client.terminate());
  const [[webSocket, { socket }]] = await Promise.all([once(server, 'connection'), once(client, 'open')]);
  webSocket.socket = socket;
  return { client, webSocket: webSocket as EdgeWebSocket, socket: socket as Socket };
}

it.each([
  { sent: [], code: 1005, text: '' },
  { sent: [1000], code: 1000, text: '' },
  { sent: [4000, 'gegrüßt'], code: 4000, text: 'gegrüßt' },
])(
  'answers the close frame of a client, and closes the TCP connection: $sent',
  async ({ sent, code, text }) => {
    const { client, webSocket, socket } = await connected();
    const onClose = vi.fn();
    webSocket.owner = { onMessage() {}, onPing() {}, onPong() {}, onError() {}, onClose };
    const answered = once(client, 'close');
    client.close(...(sent as [number?, string?]));
    expect(await answered).toEqual([code, Buffer.from(text)]);
    await expect.poll(() => onClose.mock.calls).toEqual([[code, Buffer.from(text)]]);
    expect(socket.destroyed).toBe(true);
  },
);

it('sends what waits before it answers', async () => {
  const { client, webSocket } = await connected();
  const received: number[] = [];
  client.on('message', (data) => received.push((data as Buffer).length));
  client.pause();
  for (let n = 0; n < 64; n += 1) webSocket.send(Buffer.alloc(1_000_000));
  expect(webSocket.bufferedAmount).toBeGreaterThan(0);
  const answered = once(client, 'close');
  client.close(1000);
  client.resume();
  expect((await answered)[0]).toBe(1000);
  expect(received).toHaveLength(64);
});

it('keeps ws from ending its receiver twice', async () => {
  const { client, webSocket } = await connected();
  const { _receiver: receiver } = webSocket as unknown as { readonly _receiver: Writable };
  expect(receiver).toBeInstanceOf(Writable);
  client.close();
  await once(client, 'close');
  expect(Object.hasOwn(receiver, 'end')).toBe(true);
});
