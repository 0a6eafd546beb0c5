import { replyWithProblem } from '@admit-one/runtime';
import type { FastifyPluginAsync } from 'fastify';

const DETAIL = 'This path takes WebSocket connections only: send Connection: Upgrade and Upgrade: websocket.';

/** Answers requests on the WebSocket paths that are no upgrades: 426, and what to upgrade to. */
export function createPlainRequests(paths: Iterable<string>): FastifyPluginAsync {
  return async (app) => {
    for (const path of paths)
      app.get(path, { schema: { hide: true } }, (request, reply) => {
        reply.headers({ upgrade: 'websocket', connection: 'Upgrade' });
        return replyWithProblem(reply, 'upgrade_required', request.trace.traceId, { detail: DETAIL });
      });
  };
}
