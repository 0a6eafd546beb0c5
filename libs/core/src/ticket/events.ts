import type { CommandContext, LastFailure, ReleaseReason } from './commands.ts';
import type { Principal } from './state.ts';

/** What every ticket event tells besides its own facts. `principal` is null where the ticket is unknown. */
interface Facts {
  readonly principal: Principal | null;
  readonly context: CommandContext;
}

export interface TicketIssued extends Facts {
  readonly type: 'admit.ticket.issued';
  readonly principal: Principal;
  /** The route that the ticket is bound to, or null. */
  readonly boundRoute: string | null;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The client's word, where it gave any. */
  readonly lastFailure?: LastFailure;
}

export interface TicketReserved extends Facts {
  readonly type: 'admit.ticket.reserved';
  readonly handshake: string;
  readonly leaseEndsAt: number;
  /** Which of the at most 16 reservations this is, from 1. */
  readonly reservation: number;
  /** The holder whose lease had ended, or null. */
  readonly previousHandshake: string | null;
}

export interface TicketConsumed extends Facts {
  readonly type: 'admit.ticket.consumed';
  readonly handshake: string;
  readonly connection: string;
}

export interface TicketReleased extends Facts {
  readonly type: 'admit.ticket.released';
  readonly handshake: string;
  readonly releasedAt: number;
  readonly why: ReleaseReason;
}

export interface TicketRevoked extends Facts {
  readonly type: 'admit.ticket.revoked';
  readonly why: string;
}

/** The events that change a ticket. A rejection is an event too, but changes none: see `execute`. */
export type TicketEvent = TicketIssued | TicketReserved | TicketConsumed | TicketReleased | TicketRevoked;
