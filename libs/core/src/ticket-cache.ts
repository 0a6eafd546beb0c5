import type { LoadedTicket } from './ports/ticket-store.ts';
import type { StoreClock } from './store-clock.ts';
import type { TicketCommand } from './ticket/commands.ts';
import { NO_TICKET } from './ticket/state.ts';

/**
 * Tickets as this process has left them. What it says is a presumption: others may have changed a ticket since. An append
 * on its version that succeeds proves it right, for versions never repeat; nothing else does.
 */
export interface TicketCache {
  /** The ticket as a load would find it now, if nobody else has changed it. A ticket that is to be issued is not there yet. */
  peek(ticketId: string, command: TicketCommand): LoadedTicket | undefined;
  /** Takes note of an append that succeeded. */
  keep(ticketId: string, left: LoadedTicket): void;
  forget(ticketId: string): void;
}

export interface TicketCacheOptions {
  readonly clock: StoreClock;
  /** How many tickets are remembered: 10,000 by default. The one that was kept first is forgotten first. */
  readonly capacity?: number;
}

/** Makes a memory of no tickets. It presumes nothing before the clock has heard the store's time. */
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
      const [eldest] = tickets.keys();
      if (tickets.size > capacity && eldest !== undefined) tickets.delete(eldest);
    },
    forget: (ticketId) => void tickets.delete(ticketId),
  };
}
