import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { generateSigningKey } from '@admit-one/identity';
import { eventually } from '@admit-one/testkit';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { EdgeFixture } from '../../edge.fixture.ts';
import { startEdgeFixture } from '../../edge.fixture.ts';

/** One connection that an upstream has accepted. */
export interface Accepted {
  readonly webSocket: WebSocket;
  readonly request: IncomingMessage;
  readonly messages: { readonly data: Buffer; readonly binary: boolean }[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

export interface Upstream {
  /** `ws://127.0.0.1:<port>` */
  readonly url: string;
  readonly accepted: readonly Accepted[];
  /** How many upgrades have come. */
  readonly upgrades: number;
  next(): Promise<Accepted>;
}

/** What an upstream does with an upgrade. */
export type Answer = 'accept' | ((socket: Duplex) => void);

/** A WebSocket server that echoes, and selects the first offered subprotocol that it speaks. */
export async function startUpstream(
  answer: (upgrade: number) => Answer = () => 'accept',
  spoken: readonly string[] = [],
): Promise<Upstream> {
  const accepted: Accepted[] = [];
  let upgrades = 0;
  let taken = 0;
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => spoken.find((protocol) => offered.has(protocol)) ?? false,
  });
  const notFound: RequestListener = (_request, response) => response.writeHead(404).end();
  const server = createServer(notFound);
  server.on('upgrade', (request, socket, head) => {
    upgrades += 1;
    const action = answer(upgrades);
    if (action !== 'accept') {
      socket.on('error', () => {});
      action(socket);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const messages: Accepted['messages'] = [];
      webSocket.on('message', (data: Buffer, binary) => {
        messages.push({ data, binary });
        webSocket.send(data, { binary });
      });
      webSocket.on('error', () => {});
      const closed = new Promise<{ code: number; reason: string }>((resolve) => {
        webSocket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
      });
      accepted.push({ webSocket, request, messages, closed });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    for (const { webSocket } of accepted) webSocket.terminate();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}`,
    accepted,
    get upgrades() {
      return upgrades;
    },
    async next() {
      await eventually(() => accepted.length > taken, { what: 'a connection at the upstream' });
      taken += 1;
      return accepted[taken - 1] as Accepted;
    },
  };
}

/** An edge whose default route is a proxy. */
export function startProxyFixture(
  url: string,
  config: Parameters<typeof startEdgeFixture>[0] = {},
  proxy: { readonly forwardedHeaders?: readonly string[]; readonly handshakeMs?: number } = {},
): Promise<EdgeFixture> {
  return startEdgeFixture({
    routes: new Map([['default', { upstream: new URL(url) }]]),
    proxy: { signingKey: generateSigningKey(), forwardedHeaders: [], handshakeMs: 3_000, ...proxy },
    ...config,
  });
}
