import type { LoadedTicket } from './ports/ticket-store.ts';
import type { StoreClock } from './store-clock.ts';
import type { TicketCommand } from './ticket/commands.ts';
import { NO_TICKET } from './ticket/state.ts';

/**
 * Tickets as this process last wrote them, for optimistic reads: another process may have changed a ticket since. An append
 * on the cached version validates it, because versions never repeat.
 */
export interface TicketCache {
  /** The ticket as a load would return it now, if no other process changed it. A ticket to be issued does not exist yet. */
  peek(ticketId: string, command: TicketCommand): LoadedTicket | undefined;
  /** Stores a ticket after a successful append. */
  keep(ticketId: string, left: LoadedTicket): void;
  forget(ticketId: string): void;
}

export interface TicketCacheOptions {
  readonly clock: StoreClock;
  /** How many tickets are kept: 10,000 by default. The oldest entry is evicted first. */
  readonly capacity?: number;
}

/** Returns nothing until the clock is synchronized. */
export function createTicketCache({ clock, capacity = 10_000 }: TicketCacheOptions): TicketCache {
  const tickets = new Map<string, LoadedTicket>();
  return {
    peek(ticketId, { type }) {
      if (!clock.synchronized) return undefined;
      const now = clock.now();
      if (type === 'issue') return { version: null, state: NO_TICKET, now };
      const left = tickets.get(ticketId);
      return left && { ...left, now: Math.max(now, left.now) };
    },
    keep(ticketId, left) {
      tickets.delete(ticketId);
      if (left.state.status === 'consumed' || left.state.status === 'revoked') return;
      tickets.set(ticketId, left);
      if (tickets.size <= capacity) return;
      const [eldest] = tickets.keys();
      if (eldest !== undefined) tickets.delete(eldest);
    },
    forget: (ticketId) => void tickets.delete(ticketId),
  };
}
