import { blockedOrigin, type OriginPolicy } from '@admit-one/runtime';
import type { FastifyInstance } from 'fastify';

/** Has routes answer pages of the frontend's origins and clients that are no browsers, and no cache keep the answers. */
export function answerFrontendOnly(app: Pick<FastifyInstance, 'addHook'>, origins: OriginPolicy): void {
  app.addHook('onRequest', async ({ headers }, reply) => {
    reply.header('cache-control', 'no-store');
    const blocked = blockedOrigin(headers.origin, origins);
    if (blocked) throw blocked;
  });
}
