import type { Principal } from '../schemas.ts';

/** What a ticket is from issue to oblivion. */
export interface Ticket {
  readonly principal: Principal;
  /** The only route that it admits to, or null for any. */
  readonly route: string | null;
  /** Store time, Unix milliseconds. */
  readonly issuedAt: number;
  /** Store time, Unix milliseconds: the ticket is good before it. */
  readonly expiresAt: number;
}

/** A handshake's hold on a ticket. */
export interface Reservation {
  readonly handshake: string;
  /** Store time, Unix milliseconds: the lease is live before it. */
  readonly leaseEndsAt: number;
  /** Where the handshake came from. Null where it is unknown; absent in states of earlier versions. */
  readonly address?: string | null;
}

export type TicketState =
  | { readonly status: 'none' }
  | { readonly status: 'issued'; readonly ticket: Ticket }
  | {
      readonly status: 'reserved';
      readonly ticket: Ticket;
      readonly reservation: Reservation;
      readonly reservations: number;
    }
  | {
      readonly status: 'consumed';
      readonly ticket: Ticket;
      readonly reservation: Reservation;
      readonly connection: string;
    }
  | { readonly status: 'revoked'; readonly ticket: Ticket };

export const NO_TICKET: TicketState = { status: 'none' };
