import type { FastifyInstance } from 'fastify';

/** Has no cache keep what the routes answer (RFC 9111, section 5.2.2.5). */
export function answerNoStore(app: Pick<FastifyInstance, 'addHook'>): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
}
