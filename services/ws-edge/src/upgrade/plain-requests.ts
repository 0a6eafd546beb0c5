import { type HandshakeContext, type HandshakeRules, parseHandshake } from '@admit-one/gate';
import { replyWithProblem } from '@admit-one/runtime';
import { type Rejection, rejectionOf } from '@admit-one/ticket-client';
import type { FastifyPluginAsync } from 'fastify';

const UPGRADE_ONLY =
  'This path takes WebSocket connections only: send Connection: Upgrade and Upgrade: websocket.';

export interface PlainRequestsOptions {
  /** The WebSocket paths. */
  readonly paths: Iterable<string>;
  readonly handshakeRules: HandshakeRules;
  readonly recordRejection: (handshake: HandshakeContext, rejection: Rejection) => Rejection;
}

/**
 * Answers plain requests on the WebSocket paths: 426, with the protocol to upgrade to. One with a key of WebSocket was an
 * upgrade that a proxy took the `Upgrade` header from, or that offers another protocol: it is recorded as any other.
 */
export function plainRequests(options: PlainRequestsOptions): FastifyPluginAsync {
  const { paths, handshakeRules, recordRejection } = options;
  return async (app) => {
    for (const path of paths)
      app.get(path, { schema: { hide: true } }, (request, reply) => {
        const { raw, headers, clientAddress: address, trace } = request;
        if (raw.method === 'GET' && headers['sec-websocket-key'] !== undefined)
          recordRejection(
            parseHandshake({ target: raw.url ?? '', headers, address, trace }, handshakeRules),
            rejectionOf('upgrade_required', { detail: UPGRADE_ONLY }),
          );
        reply.header('connection', 'Upgrade');
        return replyWithProblem(reply, 'upgrade_required', trace.traceId, { detail: UPGRADE_ONLY });
      });
  };
}
