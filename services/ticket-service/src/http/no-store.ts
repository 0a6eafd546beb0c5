import type { FastifyInstance } from 'fastify';

/** Keeps responses out of caches (RFC 9111, section 5.2.2.5). */
export function answerNoStore(app: Pick<FastifyInstance, 'addHook'>): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store');
    done();
  });
}
