import type { FastifyInstance } from 'fastify';
import { invalidRequestOf } from './invalid-requests.ts';
import { RejectionError } from './rejection-error.ts';
import { replyWithProblem } from './reply.ts';
import { noteRouteMethods } from './route-methods.ts';

/**
 * Refuses requests that are not of HTTP/1.1, before any route looks at them: `request_invalid`. To be called when the
 * hooks that refusals need have been added, and before any route.
 */
export function rejectInvalidRequests(app: Pick<FastifyInstance, 'addHook' | 'server'>): void {
  // Node would answer an expectation that it does not know by itself, with no word.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));
  app.addHook('onRequest', async ({ raw }) => {
    const fault = invalidRequestOf(raw);
    if (fault) throw new RejectionError('request_invalid', fault);
  });
}

/** Says of a path whether there is nothing at it (404), or nothing for this method (405, with `Allow`). */
export function addNotFoundHandler(app: Pick<FastifyInstance, 'addHook' | 'setNotFoundHandler'>): void {
  const methodsAt = noteRouteMethods(app);
  app.setNotFoundHandler(({ method, url, trace: { traceId } }, reply) => {
    const [path = ''] = url.split('?', 1);
    const allowed = methodsAt(path).join(', ');
    if (allowed === '') {
      const detail = `There is nothing at ${method} ${path.slice(0, 200)}.`;
      return replyWithProblem(reply, 'route_unknown', traceId, { detail });
    }
    reply.header('allow', allowed);
    const detail = `The method ${method} is not for ${path}, but ${allowed}.`;
    return replyWithProblem(reply, 'request_invalid', traceId, { detail, status: 405 });
  });
}
