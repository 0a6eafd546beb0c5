import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { HOST } from './endpoint.ts';
import { runOpenLoop } from './open-loop.ts';

const VISITORS = 20;
const PER_SECOND = 100;
/** How much sooner than asked a timer of Node may fire. */
const EARLY_MS = 1;

test('visitors arrive on schedule even if others wait, and every wait counts from its scheduled moment', async () => {
  const sockets = new WebSocketServer({ noServer: true });
  const waiting: (() => void)[] = [];
  const server = createServer();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    waiting.push(() => sockets.handleUpgrade(request, socket, head, () => {}));
    if (waiting.length === VISITORS) for (const answer of waiting) answer();
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  onTestFinished(() => void server.close());

  const { port } = server.address() as AddressInfo;
  const endpoint = { credential: 'none', port } as const;
  const visits = await runOpenLoop({ endpoint, tokens: [], admissions: VISITORS, perSecond: PER_SECOND });

  expect(visits).toMatchObject({ admitted: VISITORS, failures: {} });
  const longest = Math.max(...visits.upgradeMs);
  expect(longest).toBeGreaterThanOrEqual(((VISITORS - 1) * 1000) / PER_SECOND - EARLY_MS);
});
