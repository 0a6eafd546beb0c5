import type { FastifyInstance } from 'fastify';
import type { OriginPolicy } from '../origin-policy.ts';
import { blockedOrigin } from './blocked-origin.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether the route refuses pages whose origin is blocked, and lets them read that. */
    readonly frontendOnly?: boolean;
  }
}

/** What pages may ask by. */
export const PAGE_METHODS: readonly string[] = ['GET', 'POST'];

/** What a browser writes for a page that has an origin (RFC 6454, section 6.2); `null` stands for too many. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.:[\]-]{1,260}$/;

/**
 * Refuses pages whose origin is blocked: where they ask beforehand, and at the routes that are for the frontend only. There
 * they may read the refusal, which says nothing else: a page that could not would take it for a network that is down,
 * and try for ever. To be called before any route.
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
    const isRefused = frontendOnly.has(url.split('?', 1)[0] ?? '');
    const mayRead = isRefused && ORIGIN.test(origin);
    const asksBeforehand = method === 'OPTIONS' && wanted !== undefined;
    if (mayRead) reply.header('access-control-allow-origin', origin);
    if (mayRead && asksBeforehand)
      return reply
        .code(204)
        .header('access-control-allow-methods', PAGE_METHODS.join(', '))
        .header('access-control-allow-headers', headers['access-control-request-headers'] ?? '')
        .send();
    if (isRefused || asksBeforehand) throw blocked;
  });
}
