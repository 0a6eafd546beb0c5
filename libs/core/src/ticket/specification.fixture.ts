import { expect } from 'vitest';
import type { Reason } from '../reasons.ts';
import type { TicketCommand } from './commands.ts';
import { decide } from './decide.ts';
import type { TicketEvent } from './events.ts';
import { stateAfter } from './ticket.fixture.ts';

interface Specification {
  when(command: TicketCommand, options: { readonly at: number }): Expectation;
}

interface Expectation {
  gives(...events: readonly TicketEvent[]): void;
  /** Accepted without an event: it was carried out before, or there is nothing to do. */
  givesNothing(): void;
  /** @param connection the one that the ticket admitted, where that is why */
  rejects(reason: Reason, connection?: string): void;
}

/** A specification of `decide`: given a ticket's events, when a command comes at a moment of store time, then what. */
export function given(...events: readonly TicketEvent[]): Specification {
  return {
    when(command, { at }) {
      const decision = decide(stateAfter(...events), command, at);
      return {
        gives: (...expected) => expect(decision).toEqual({ kind: 'accepted', events: expected }),
        givesNothing: () => expect(decision).toEqual({ kind: 'accepted', events: [] }),
        rejects: (reason, connection) =>
          expect(decision).toEqual({ kind: 'rejected', reason, connection: connection ?? null }),
      };
    },
  };
}
