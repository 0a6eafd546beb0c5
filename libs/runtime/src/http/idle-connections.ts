import type { FastifyInstance } from 'fastify';

/**
 * Closes idle connections at shutdown, and waits for responses only: browsers open connections in advance, and Node would
 * give each of them the time of a request.
 */
export function closeIdleConnections(app: Pick<FastifyInstance, 'server' | 'addHook'>): void {
  const { server } = app;
  let answering = 0;
  let closing = false;

  function closeIfQuiet(): void {
    if (closing && answering === 0) server.closeAllConnections();
  }

  function ended(): void {
    answering -= 1;
    closeIfQuiet();
  }

  server.on('request', (_request, response) => {
    answering += 1;
    // It comes once.
    response.on('close', ended);
  });
  app.addHook('preClose', async () => {
    closing = true;
    setImmediate(closeIfQuiet);
  });
}
