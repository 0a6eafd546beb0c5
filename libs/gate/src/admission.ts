import type { CommandContext, Principal, Reason, ReleaseReason } from '@admit-one/core';

/** A ticket presented by a handshake. */
export interface Presentation {
  /** As the client sent it, unchecked; null where it sent none. */
  readonly ticket: string | null;
  /** The handshake's key: see `handshakeKeyOf`. */
  readonly handshake: string;
  /** For the trail. Texts are cut to what an event takes. */
  readonly context: CommandContext;
}

/** The ticket is not accepted. */
export interface Refused {
  readonly kind: 'refused';
  readonly reason: Reason;
  /** Whether the trail has the refusal already. If not, whoever asked reports it. */
  readonly recorded: boolean;
  /** Null where nothing of a ticket's form was presented. */
  readonly ticketId: string | null;
}

/** The ticket is held for the handshake, for as long as its lease. */
export interface Reserved {
  readonly kind: 'reserved';
  readonly ticketId: string;
  readonly principal: Principal;
  /**
   * Consumes the ticket for a connection. Nothing of the connection may reach the application before this has
   * succeeded. Where the outcome stays unknown the answer is `ticket_service_unavailable`: the ticket may be consumed,
   * but it has admitted nobody.
   */
  confirm(connection: string): Promise<Confirmed | Refused>;
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

export type Admission = Reserved | Refused;
