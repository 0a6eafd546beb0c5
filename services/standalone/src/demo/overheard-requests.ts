import type { Principal, RequestReply } from '@admit-one/core';
import { createGuard, ReserveRequest, TicketReply, ticketSubjects } from '@admit-one/ticket-client';

/** Hears for whom a handshake has its ticket reserved, before the edge does. Must not throw. */
export type ReservationListener = (handshake: string, principal: Principal) => void;

/** The requests of an edge, unchanged, with somebody who listens. */
export function overheardRequests(requests: RequestReply, onReserved: ReservationListener): RequestReply {
  const isReserve = createGuard(ReserveRequest);
  const isReply = createGuard(TicketReply);
  return {
    async request(subject, body, timeoutMs) {
      const reply = await requests.request(subject, body, timeoutMs);
      if (subject === ticketSubjects.reserve && isReserve(body) && isReply(reply))
        if (reply.kind === 'accepted' && reply.principal) onReserved(body.handshake, reply.principal);
      return reply;
    },
    serve: (subject, handler) => requests.serve(subject, handler),
  };
}
