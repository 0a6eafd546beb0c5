import type { Presenter, Principal, TicketBinding } from '../schemas.ts';

/** What a ticket is from issue to oblivion. */
export interface Ticket {
  readonly principal: Principal;
  /** The only route that it admits to, or null for any. */
  readonly route: string | null;
  /** What else it is bound to. Absent where that is nothing. */
  readonly binding?: TicketBinding;
  /** The program that requested it, `<name>/<version>`. Absent where it did not say. */
  readonly client?: string;
  /** Set where it was issued for a JWT in an upgrade. */
  readonly pathway?: 'jwt';
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
  /** Its `User-Agent`, cut to `MAX_STATE_AGENT`, and who received it: as `address`. */
  readonly agent?: string | null;
  readonly edge?: string | null;
}

/** The longest `User-Agent` in a state: enough to tell browsers apart, and small in the store. */
export const MAX_STATE_AGENT = 100;

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

/** Who reserved the ticket last, or was admitted with it. Null where nobody was, or the state is too old to know. */
export function presenterOf(state: TicketState): Presenter | null {
  if (state.status !== 'reserved' && state.status !== 'consumed') return null;
  const { address = null, agent = null, edge = null } = state.reservation;
  return address === null && agent === null && edge === null ? null : { address, agent, edge };
}

export const NO_TICKET: TicketState = { status: 'none' };
