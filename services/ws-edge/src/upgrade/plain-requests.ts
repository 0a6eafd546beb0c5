import {
  type createRejectionRecorder,
  type HandshakeRules,
  parseHandshake,
  presentedTicketIdOf,
} from '@admit-one/gate';
import { replyWithProblem } from '@admit-one/runtime';
import { rejectionOf } from '@admit-one/ticket-client';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';

export interface PlainRequestsOptions {
  readonly handshakeRules: HandshakeRules;
  readonly recordRejection: ReturnType<typeof createRejectionRecorder>;
}

const UPGRADE_ONLY =
  'This path takes WebSocket connections only: send Connection: Upgrade and Upgrade: websocket.';

/** Answers plain requests on the WebSocket paths: 426, with the protocol to upgrade to. */
export function plainRequests(paths: Iterable<string>, options: PlainRequestsOptions): FastifyPluginAsync {
  return async (app) => {
    for (const path of paths)
      app.get(path, { schema: { hide: true } }, (request, reply) => {
        recordPresentedTicket(request, options);
        reply.header('connection', 'Upgrade');
        const detail = UPGRADE_ONLY;
        return replyWithProblem(reply, 'upgrade_required', request.trace.traceId, { detail });
      });
  };
}

/** A plain request with a ticket was an upgrade before a proxy on the way dropped its headers. */
function recordPresentedTicket(
  { raw, headers, clientAddress: address, trace }: FastifyRequest,
  { handshakeRules, recordRejection }: PlainRequestsOptions,
): void {
  const handshake = parseHandshake({ target: raw.url ?? '', headers, address, trace }, handshakeRules);
  const ticketId = presentedTicketIdOf(handshake);
  if (ticketId !== null) recordRejection(handshake, rejectionOf('upgrade_required', { ticketId }));
}
