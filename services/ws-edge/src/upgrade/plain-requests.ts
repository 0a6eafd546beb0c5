import {
  type HandshakeContext,
  type HandshakeRules,
  parseHandshake,
  presentedTicketIdOf,
} from '@admit-one/gate';
import { replyWithProblem } from '@admit-one/runtime';
import { type Rejection, rejectionOf } from '@admit-one/ticket-client';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';

const UPGRADE_ONLY =
  'This path takes WebSocket connections only: send Connection: Upgrade and Upgrade: websocket.';

export interface PlainRequestsOptions {
  /** The WebSocket paths. */
  readonly paths: Iterable<string>;
  readonly handshakeRules: HandshakeRules;
  readonly recordRejection: (handshake: HandshakeContext, rejection: Rejection) => Rejection;
}

/** Answers plain requests on the WebSocket paths: 426, with the protocol to upgrade to. */
export function plainRequests(options: PlainRequestsOptions): FastifyPluginAsync {
  return async (app) => {
    for (const path of options.paths)
      app.get(path, { schema: { hide: true } }, (request, reply) => {
        if (request.raw.method === 'GET') recordUpgrade(request, options);
        reply.header('connection', 'Upgrade');
        return replyWithProblem(reply, 'upgrade_required', request.trace.traceId, { detail: UPGRADE_ONLY });
      });
  };
}

/**
 * A plain request with a ticket or a key of WebSocket was an upgrade that a proxy took the headers from, or that offers another
 * protocol: it is recorded as any other.
 */
function recordUpgrade(
  { raw, headers, clientAddress: address, trace }: FastifyRequest,
  { handshakeRules, recordRejection }: PlainRequestsOptions,
): void {
  const parts = { target: raw.url ?? '', headers, address, traceOf: () => trace };
  const handshake = parseHandshake(parts, handshakeRules);
  const ticketId = presentedTicketIdOf(handshake);
  if (ticketId === null && headers['sec-websocket-key'] === undefined) return;
  recordRejection(handshake, rejectionOf('upgrade_required', { detail: UPGRADE_ONLY, ticketId }));
}
