import type { TicketState } from './state.ts';

/** The status of a ticket as its holder sees it: it depends on the clock too. */
export const ticketStatuses = ['issued', 'reserved', 'consumed', 'revoked', 'expired', 'unknown'] as const;

export type TicketStatus = (typeof ticketStatuses)[number];

/**
 * The status of a ticket at a time. `issued`: it can be presented, also after a handshake gave it back.
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
