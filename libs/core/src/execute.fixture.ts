import { execute, type Outcome } from './execute.ts';
import { TestStore } from './ports/ticket-store.fixture.ts';
import type { TicketCommand } from './ticket/commands.ts';
import type { TicketEvent } from './ticket/events.ts';
import { stateAfter, T0 } from './ticket/ticket.fixture.ts';

/** A store, and commands carried out on its ticket `ticket`. */
export function oneTicket() {
  const store = new TestStore();
  return {
    store,
    /** Makes the ticket what these events leave; without any, there is none. */
    given(...events: readonly TicketEvent[]): void {
      if (events.length > 0) store.put('ticket', stateAfter(...events));
    },
    run(command: TicketCommand, at = T0): Promise<Outcome> {
      store.now = at;
      return execute('ticket', command, { store, source: 'ticket-service-1' });
    },
  };
}
