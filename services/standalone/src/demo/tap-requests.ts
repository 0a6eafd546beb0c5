import type { Principal, RequestReply } from '@admit-one/core';
import { createGuard, ReserveRequest, TicketReply } from '@admit-one/ticket-client';

/**
 * Passes requests on unchanged.
 * @param onReserved called with each accepted reservation, whichever subject it was sent to, before the edge gets the reply.
 * Must not throw.
 */
export function tapRequests(
  requests: RequestReply,
  onReserved: (handshake: string, principal: Principal) => void,
): RequestReply {
  // Of a ticket, or of a JWT that is exchanged for one.
  const isReserve = createGuard(ReserveRequest);
  const isReply = createGuard(TicketReply);
  return {
    async request(subject, body, timeoutMs) {
      const reply = await requests.request(subject, body, timeoutMs);
      if (isReserve(body) && isReply(reply) && reply.kind === 'accepted' && reply.principal)
        onReserved(body.handshake, reply.principal);
      return reply;
    },
    serve: (subject, handler) => requests.serve(subject, handler),
  };
}
