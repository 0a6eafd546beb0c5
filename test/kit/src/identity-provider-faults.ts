import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** Where the keys of every provider are as well, and never break. */
export const MOVED_JWKS_PATH = '/moved/jwks.json';

/** How long a slow provider takes to answer: longer than a relying party should wait for it. */
export const SLOW_ANSWER_MS = 4_000;

const TRICKLE_MS = 20;
const PADDING = 'x'.repeat(64 * 1024);

/** Answers a request; `answer` is how it would be answered by a provider in order. */
type Fault = (request: IncomingMessage, response: ServerResponse, answer: () => void) => void;

/** The ways for a provider to be broken, and how it answers then. */
export const providerFaults = {
  /** Every connection is reset. */
  down: (request) => request.socket.resetAndDestroy(),
  /** There is no answer. */
  silent: () => {},
  /** There is one, too late. */
  slow(_request, response, answer) {
    const timer = setTimeout(answer, SLOW_ANSWER_MS);
    response.once('close', () => clearTimeout(timer));
  },
  /** There is one, a byte at a time, without end. */
  trickling(_request, response) {
    response.writeHead(200, { 'content-type': 'application/json' });
    const timer = setInterval(() => response.write(' '), TRICKLE_MS);
    response.once('close', () => clearInterval(timer));
  },
  /** There is one, as fast as it is read, without end. */
  huge(_request, response) {
    response.writeHead(200, { 'content-type': 'application/json' });
    pipeline(Readable.from(endlessKeySet()), response).catch(() => {});
  },
  failing: (_request, response) => response.writeHead(500).end('out of order\n'),
  redirecting: (_request, response) => response.writeHead(302, { location: MOVED_JWKS_PATH }).end(),
  /** A key set without a key. */
  empty: answering('application/json', '{"keys":[]}'),
  /** JSON that breaks off. */
  garbled: answering('application/json', '{"keys":['),
  /** A page for people, as a proxy in front would show. */
  html: answering('text/html', '<!doctype html><title>Sign in</title>'),
} as const satisfies Record<string, Fault>;

export type ProviderMode = 'up' | keyof typeof providerFaults;

function answering(type: string, body: string): Fault {
  return (_request, response) => response.writeHead(200, { 'content-type': type }).end(body);
}

function* endlessKeySet(): Generator<string> {
  yield '{"keys":[],"padding":"';
  for (;;) yield PADDING;
}
