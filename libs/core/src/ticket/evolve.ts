import type { TicketEvent } from './events.ts';
import { MAX_STATE_AGENT, type TicketState } from './state.ts';

/**
 * Applies one event to a ticket. Pure and total over what `decide` can produce.
 * @throws {Error} where an event does not follow from the state: a bug, never bad input
 */
export function evolve(state: TicketState, event: TicketEvent): TicketState {
  switch (event.type) {
    case 'admit.ticket.issued': {
      const { principal, route, binding, client, pathway, issuedAt, expiresAt } = event;
      return {
        status: 'issued',
        ticket: {
          ...{ principal, route, issuedAt, expiresAt },
          ...(binding && { binding }),
          ...(client && { client }),
          ...(pathway && { pathway }),
        },
      };
    }
    case 'admit.ticket.reserved':
      return {
        status: 'reserved',
        ticket: ticketOf(state, event),
        reservation: {
          handshake: event.handshake,
          leaseEndsAt: event.leaseEndsAt,
          address: event.context.address,
          agent: event.context.agent?.slice(0, MAX_STATE_AGENT) ?? null,
          edge: event.context.edge,
        },
        reservations: event.reservation,
      };
    case 'admit.ticket.consumed':
      if (state.status !== 'reserved') throw outOfOrder(state, event);
      return {
        status: 'consumed',
        ticket: state.ticket,
        reservation: state.reservation,
        connection: event.connection,
      };
    case 'admit.ticket.released':
      if (state.status !== 'reserved') throw outOfOrder(state, event);
      return { ...state, reservation: { ...state.reservation, leaseEndsAt: event.releasedAt } };
    case 'admit.ticket.revoked':
      return { status: 'revoked', ticket: ticketOf(state, event) };
    default:
      return event satisfies never;
  }
}

function ticketOf(state: TicketState, event: TicketEvent) {
  if (state.status === 'none') throw outOfOrder(state, event);
  return state.ticket;
}

function outOfOrder(state: TicketState, event: TicketEvent): Error {
  return new Error(`${event.type} cannot follow on a ticket that is ${state.status}`);
}
