import type { IncomingMessage, ServerResponse } from 'node:http';

/** Where the redirecting provider sends those who ask for keys: there, they are. */
export const MOVED_JWKS_PATH = '/moved/jwks.json';

const HUGE_BYTES = 16 * 1024 * 1024;
const json = { 'content-type': 'application/json' };

/** The ways for a provider to be broken, and how it answers then. */
export const providerFaults = {
  /** Every connection is reset. */
  down: (request, _response) => request.socket.resetAndDestroy(),
  /** There is no answer. */
  slow: (_request, _response) => {},
  failing: (_request, response) => response.writeHead(500).end('out of order\n'),
  huge: (_request, response) =>
    response.writeHead(200, json).end(`{"keys":[],"padding":"${'x'.repeat(HUGE_BYTES)}"}`),
  empty: (_request, response) => response.writeHead(200, json).end('{"keys":[]}'),
  redirecting: (_request, response) => response.writeHead(302, { location: MOVED_JWKS_PATH }).end(),
  /** JSON that breaks off. */
  garbled: (_request, response) => response.writeHead(200, json).end('{"keys":['),
} as const satisfies Record<string, (request: IncomingMessage, response: ServerResponse) => void>;

export type ProviderMode = 'up' | keyof typeof providerFaults;
