import type { EventData, EventType } from '../events/catalogue.ts';
import type { CommandContext } from '../schemas.ts';

/** An event as the state machine decides it: `execute` adds the other facts of the ticket. */
type Decided<Type extends EventType, Added extends string> = { readonly type: Type } & {
  readonly context: CommandContext;
} & Omit<EventData<Type>, 'context' | Added>;

type TicketFact = 'issuedAt' | 'route' | 'client' | 'pathway';

export type TicketIssued = Decided<'admit.ticket.issued', 'pathway'> & {
  /** Absent for a ticket that was requested. */
  readonly pathway?: 'jwt';
};
export type TicketReserved = Decided<'admit.ticket.reserved', TicketFact>;
export type TicketConsumed = Decided<'admit.ticket.consumed', TicketFact>;
export type TicketReleased = Decided<'admit.ticket.released', TicketFact>;
export type TicketRevoked = Decided<'admit.ticket.revoked', TicketFact>;

/** The events that change a ticket. A rejection changes none: see `execute`. */
export type TicketEvent = TicketIssued | TicketReserved | TicketConsumed | TicketReleased | TicketRevoked;
