import type { FastifyInstance } from 'fastify';
import type { OriginPolicy } from '../origin-policy.ts';
import { blockedOrigin } from './blocked-origin.ts';

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
 * Rejects pages whose origin is blocked: at preflights, and at routes that are for the frontend only. There they may read
 * the rejection, and nothing else: a page that could not read it would see a network error, and retry for ever. Call it
 * before adding routes.
 */
export function enforceAllowedOrigins(app: Pick<FastifyInstance, 'addHook'>, origins: OriginPolicy): void {
  const frontendOnly = new Set<string>();
  app.addHook('onRoute', ({ url, config }) => {
    if (config?.frontendOnly) frontendOnly.add(url);
  });

  app.addHook('onRequest', async ({ method, headers, url }, reply) => {
    const { origin = '', 'access-control-request-method': wanted } = headers;
    const blocked = blockedOrigin(headers.origin, origins);
    if (!blocked) return;
    const isRejected = frontendOnly.has(url.split('?', 1)[0] ?? '');
    const mayRead = isRejected && ORIGIN.test(origin);
    const isPreflight = method === 'OPTIONS' && wanted !== undefined;
    if (mayRead) reply.header('access-control-allow-origin', origin);
    if (mayRead && isPreflight)
      return reply
        .code(204)
        .header('access-control-allow-methods', PAGE_METHODS.join(', '))
        .header('access-control-allow-headers', headers['access-control-request-headers'] ?? '')
        .send();
    if (isRejected || isPreflight) throw blocked;
  });
}
