import type { FastifyInstance } from 'fastify';
import { invalidRequestOf } from './invalid-requests.ts';
import { RejectionError } from './rejection-error.ts';
import { replyWithProblem } from './reply.ts';
import type { FindRoutes } from './route-table.ts';

/**
 * Rejects requests that break HTTP/1.1, before any route: `request_invalid`. Call it after adding the hooks that
 * rejections need, and before adding routes.
 */
export function rejectInvalidRequests(app: Pick<FastifyInstance, 'addHook' | 'server'>): void {
  // Node would answer an unknown expectation by itself, without a problem document.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    const issue = invalidRequestOf(raw);
    done(issue && new RejectionError('request_invalid', issue));
  });
}

/** Answers 404 where the path is unknown, and 405 with `Allow` where the method is. */
export function addNotFoundHandler(
  app: Pick<FastifyInstance, 'setNotFoundHandler'>,
  findRoutes: FindRoutes,
): void {
  app.setNotFoundHandler(({ method, url, trace: { traceId } }, reply) => {
    const [path = ''] = url.split('?', 1);
    const routes = findRoutes(url);
    if (!routes) {
      const detail = `There is nothing at ${method} ${path.slice(0, 200)}.`;
      return replyWithProblem(reply, 'route_unknown', traceId, { detail });
    }
    const allowed = [...routes.methods].join(', ');
    reply.header('allow', allowed);
    const detail = `The method ${method} is not for ${path}, but ${allowed}.`;
    return replyWithProblem(reply, 'request_invalid', traceId, { detail, status: 405 });
  });
}
