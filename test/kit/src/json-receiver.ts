import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A request that a receiver got. */
export interface ReceivedJson {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  /** What it was answered. */
  readonly status: number;
}

/** A server that keeps the JSON that is posted to it. */
export interface JsonReceiver {
  readonly url: string;
  readonly received: readonly ReceivedJson[];
  /** What it answers from now on: 200 by default. */
  answer(status: number): void;
  close(): Promise<void>;
}

/** @param only the path that it takes; any by default. Others are answered 404 */
export async function startJsonReceiver(only?: string): Promise<JsonReceiver> {
  const received: ReceivedJson[] = [];
  let next = 200;
  const server = createServer(async (request, response) => {
    const { url: path, headers } = request;
    const body = await json(request);
    const status = only === undefined || path === only ? next : 404;
    received.push({ path, headers, body, status });
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer(status) {
      next = status;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
