import type { TicketState } from './state.ts';

/** What a ticket can come to be, as its holder may know it: by the clock, not only by its events. */
export const ticketStatuses = ['issued', 'reserved', 'consumed', 'revoked', 'expired', 'unknown'] as const;

export type TicketStatus = (typeof ticketStatuses)[number];

/**
 * What a ticket is at a time. `issued`: it can be presented, also where a handshake has given it back.
 * @param now store time in Unix milliseconds
 */
export function ticketStatusAt(state: TicketState, now: number): TicketStatus {
  switch (state.status) {
    case 'none':
      return 'unknown';
    case 'reserved':
      if (now < state.reservation.leaseEndsAt) return 'reserved';
      return now < state.ticket.expiresAt ? 'issued' : 'expired';
    case 'issued':
      return now < state.ticket.expiresAt ? 'issued' : 'expired';
    case 'consumed':
    case 'revoked':
      return state.status;
    default:
      return state satisfies never;
  }
}
