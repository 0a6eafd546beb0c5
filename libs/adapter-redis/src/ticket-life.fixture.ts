import {
  execute,
  newId,
  newTicket,
  type Outcome,
  proofOf,
  type TicketCommand,
  type TicketStore,
  ticketIdOf,
} from '@admit-one/core';
import { nowhere } from '@admit-one/testkit';

/** One ticket, and what is done with it, over whichever store. */
export interface TicketLife {
  readonly ticketId: string;
  issue(store: TicketStore): Promise<Outcome>;
  /** Reserves and confirms, for a handshake and a connection that were never seen before. */
  admit(store: TicketStore): Promise<Outcome>;
}

const principal = {
  issuer: 'main',
  session: 'session',
  sessionFrom: 'sid',
  user: null,
  tokenIssuedAt: 1_750_000_000,
  kid: null,
  attributes: {},
};

/** A ticket that is good for ten minutes once it is issued, so that no engine's restart outlasts it. */
export function ticketLife(): TicketLife {
  const ticketId = ticketIdOf(proofOf(newTicket()));

  function run(store: TicketStore, command: TicketCommand): Promise<Outcome> {
    return execute(ticketId, command, { store, source: 'test' });
  }
  const common = () => ({ id: newId(), context: nowhere, deadline: Number.MAX_SAFE_INTEGER });

  return {
    ticketId,
    issue: (store) => run(store, { ...common(), type: 'issue', principal, route: null, ttlMs: 600_000 }),
    async admit(store) {
      const [handshake, connection] = [newId(), newId()];
      const reserved = await run(store, { ...common(), type: 'reserve', handshake });
      if (reserved.kind === 'rejected') return reserved;
      return run(store, { ...common(), type: 'confirm', handshake, connection });
    },
  };
}
