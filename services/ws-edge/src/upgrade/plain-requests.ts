import { replyWithProblem } from '@admit-one/runtime';
import type { FastifyPluginAsync } from 'fastify';

const DETAIL = 'This path takes WebSocket connections only: send Connection: Upgrade and Upgrade: websocket.';

/** Answers plain requests on the WebSocket paths: 426, with the protocol to upgrade to. */
export function plainRequests(paths: Iterable<string>): FastifyPluginAsync {
  return async (app) => {
    for (const path of paths)
      app.get(path, { schema: { hide: true } }, (request, reply) => {
        reply.header('connection', 'Upgrade');
        return replyWithProblem(reply, 'upgrade_required', request.trace.traceId, { detail: DETAIL });
      });
  };
}
