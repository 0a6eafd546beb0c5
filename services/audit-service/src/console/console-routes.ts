import { extname } from 'node:path';
import { gzipSync } from 'node:zlib';
import { RejectionError } from '@admit-one/runtime';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import type { ConsoleFiles } from './console-files.ts';

/** Where the console is. */
export const CONSOLE = '/console';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * The page may load its own files, and connect to its own server and to where it gets its tokens. The browser leaves for
 * the issuer's log-in by navigation, which no form and no frame takes part in.
 */
function contentSecurityPolicy(tokenOrigins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    ["connect-src 'self'", ...tokenOrigins].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/**
 * Serves the console: its files below `/console/assets/`, and at every other path below `/console` its page, which reads
 * the path.
 * @param tokenOrigins the origins that the page gets tokens from
 */
export function consoleRoutes(
  { html, assets }: ConsoleFiles,
  tokenOrigins: () => Promise<readonly string[]>,
): FastifyPluginAsync {
  const page = compressible(html);
  const files = new Map(
    Object.entries(assets).map(([name, text]) => [
      name,
      { type: TYPES[extname(name)] ?? 'application/octet-stream', body: compressible(text) },
    ]),
  );
  const options = { schema: { hide: true } };

  async function sendPage(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('content-security-policy', contentSecurityPolicy(await tokenOrigins()));
    return page(request, reply);
  }

  return async (app) => {
    app.get(CONSOLE, options, sendPage);
    app.get(`${CONSOLE}/*`, options, sendPage);
    app.get<{ Params: { '*': string } }>(`${CONSOLE}/assets/*`, options, async (request, reply) => {
      const file = files.get(request.params['*']);
      if (!file) throw new RejectionError('route_unknown', { detail: 'The console has no such file.' });
      reply.type(file.type).header('cache-control', 'public, max-age=31536000, immutable');
      return file.body(request, reply);
    });
  };
}

/** Sends a text, compressed where the client takes that. It is compressed once, when the first one does. */
function compressible(text: string): (request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  let compressed: Buffer | undefined;
  return (request, reply) => {
    reply.header('vary', 'Origin, Accept-Encoding');
    if (!new Negotiator(request.raw).encodings().includes('gzip')) return reply.send(text);
    compressed ??= gzipSync(text);
    return reply.header('content-encoding', 'gzip').send(compressed);
  };
}
