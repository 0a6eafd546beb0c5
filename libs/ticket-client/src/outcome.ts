import type { Principal, ReleaseReason } from '@admit-one/core';
import type { RejectedReply } from './protocol.ts';

/**
 * A ticket, a handshake or a command that is rejected: the reply of the ticket-service with what else is known by then.
 * The event, the log line and the response are made of it.
 */
export interface Rejection extends Omit<RejectedReply, 'now' | 'instance'> {
  /** Null where nothing in the form of a ticket was presented. */
  readonly ticketId: string | null;
  readonly principal: Principal | null;
  /** The connection that is rejected after the 101, or null. */
  readonly connection: string | null;
  /** Replaces the public code's own text in a response. It must not reveal the exact reason. */
  readonly detail?: string | undefined;
  /** Instead of the reason's own, in an HTTP response. */
  readonly retryAfterSeconds?: number | undefined;
  /** The error behind the reason, for the log. */
  readonly cause?: unknown;
}

/** A rejection with what is known of it; the ticket-service has recorded none of those made here. */
export function rejectionOf(
  reason: Rejection['reason'],
  known: Partial<Omit<Rejection, 'kind' | 'reason'>> = {},
): Rejection {
  return {
    kind: 'rejected',
    reason,
    recorded: false,
    ticketId: null,
    principal: null,
    connection: null,
    ...known,
  };
}

/** The ticket is held for the handshake until its lease ends. */
export interface Reserved {
  readonly kind: 'reserved';
  readonly ticketId: string;
  readonly principal: Principal;
  /**
   * Consumes the ticket for a connection. Nothing of the connection may reach the application before this succeeds.
   * Where the outcome stays unknown the reason is `ticket_service_unavailable`: the ticket may be consumed, but it has
   * admitted no connection.
   * @param traceparent that of the reserve by default
   */
  confirm(connection: string, traceparent?: string | null): Promise<Confirmed | Rejection>;
  /** Gives the ticket back, at best effort: a lease that is not released lapses. Never rejects. */
  release(why: ReleaseReason): Promise<void>;
}

export interface Confirmed {
  readonly kind: 'confirmed';
}

/** The ticket is consumed by the handshake itself. */
export interface Redeemed {
  readonly kind: 'redeemed';
  readonly ticketId: string;
  readonly principal: Principal;
}
