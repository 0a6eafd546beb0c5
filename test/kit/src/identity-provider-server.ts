import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MOVED_JWKS_PATH, type ProviderMode, providerFaults } from './identity-provider-faults.ts';

/** The paths of a provider that can break, by the part of it that they are. */
export interface ProviderPaths {
  readonly keys: string;
  readonly discovery: string;
}

/** The public documents of a provider, on a server that can be broken. */
export interface ProviderServer {
  readonly origin: string;
  /** How often each part was asked for, whatever came of it. */
  readonly asked: Readonly<Record<keyof ProviderPaths, number>>;
  behave(mode: ProviderMode, part: keyof ProviderPaths | 'everything'): void;
  close(): Promise<void>;
}

/** Serves the documents on a free port of the loopback interface; the keys also where they never break. */
export async function startProviderServer(
  paths: ProviderPaths,
  documentOf: (part: keyof ProviderPaths) => object,
): Promise<ProviderServer> {
  const modes: Record<keyof ProviderPaths, ProviderMode> = { keys: 'up', discovery: 'up' };
  const asked = { keys: 0, discovery: 0 };
  const parts = new Map([
    [paths.keys, 'keys'],
    [paths.discovery, 'discovery'],
  ] as const);

  const server = createServer((request, response) => {
    const part = parts.get(request.url ?? '');
    const served = request.url === MOVED_JWKS_PATH ? 'keys' : part;
    const answer = () => {
      response.writeHead(served ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(served ? documentOf(served) : {}));
    };
    if (!part) return answer();
    asked[part] += 1;
    const mode = modes[part];
    return mode === 'up' ? answer() : providerFaults[mode](request, response, answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    behave(mode, part) {
      if (part !== 'discovery') modes.keys = mode;
      if (part !== 'keys') modes.discovery = mode;
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
