import type { FastifyInstance } from 'fastify';

/**
 * Lets a server that closes wait for its answers, and not for connections over which nothing has been asked: browsers open
 * some in advance, and Node would give each of them as long as a request may take.
 */
export function closeIdleConnections(app: Pick<FastifyInstance, 'server' | 'addHook'>): void {
  const { server } = app;
  let answering = 0;
  let closing = false;

  function closeIfQuiet(): void {
    if (closing && answering === 0) server.closeAllConnections();
  }

  server.on('request', (_request, response) => {
    answering += 1;
    response.once('close', () => {
      answering -= 1;
      closeIfQuiet();
    });
  });
  app.addHook('preClose', async () => {
    closing = true;
    setImmediate(closeIfQuiet);
  });
}
