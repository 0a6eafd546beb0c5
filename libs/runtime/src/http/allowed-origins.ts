import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { OriginPolicy } from '../origin-policy.ts';
import { blockedOrigin } from './blocked-origin.ts';
import type { FindRoutes } from './route-table.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route rejects pages whose origin is blocked, and lets them read the rejection. */
    readonly frontendOnly?: boolean;
  }
}

/** The methods that pages may use. */
export const PAGE_METHODS: readonly string[] = ['GET', 'POST'];

/** The `Origin` of a page (RFC 6454, section 6.2), without `null`, which stands for too many pages. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.:[\]-]{1,260}$/;

/**
 * Lets allowed pages of public addresses reach a server on a private one (Private Network Access): Chromium asks for this
 * in a preflight. Call it before adding CORS, which answers the preflight.
 */
export function allowPrivateNetwork(app: Pick<FastifyInstance, 'addHook'>, origins: OriginPolicy): void {
  app.addHook('onRequest', ({ headers }, reply, done) => {
    if (headers.origin !== undefined && origins(headers.origin)) answerPrivateNetwork(headers, reply);
    done();
  });
}

function answerPrivateNetwork(headers: IncomingHttpHeaders, reply: FastifyReply): FastifyReply {
  return headers['access-control-request-private-network'] === 'true'
    ? reply.header('access-control-allow-private-network', 'true')
    : reply;
}

/**
 * Rejects pages whose origin is blocked: at preflights, and at routes that are for the frontend only. There they may read
 * the rejection, and nothing else: a page that could not read it would see a network error, and retry for ever.
 */
export function enforceAllowedOrigins(
  app: Pick<FastifyInstance, 'addHook'>,
  origins: OriginPolicy,
  findRoutes: FindRoutes,
): void {
  app.addHook('onRequest', ({ method, headers, url }, reply, done) => {
    const { origin = '', 'access-control-request-method': wanted } = headers;
    const blocked = blockedOrigin(headers.origin, origins);
    if (!blocked) {
      done();
      return;
    }
    const isRejected = findRoutes(url)?.frontendOnly ?? false;
    const mayRead = isRejected && ORIGIN.test(origin);
    const isPreflight = method === 'OPTIONS' && wanted !== undefined;
    if (mayRead) reply.header('access-control-allow-origin', origin);
    if (mayRead && isPreflight)
      answerPrivateNetwork(headers, reply)
        .code(204)
        .header('access-control-allow-methods', PAGE_METHODS.join(', '))
        .header('access-control-allow-headers', headers['access-control-request-headers'] ?? '')
        .send();
    else done(isRejected || isPreflight ? blocked : undefined);
  });
}
