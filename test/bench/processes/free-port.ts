import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { HOST } from '../client/endpoint.ts';

/** A port that nobody listens on now. Services are told theirs: at the log level of a bench they do not say it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
