import type { TicketStore } from '@admit-one/core';

/** What a store does otherwise once it has lost a guard. */
export type Broken = (store: TicketStore) => Partial<TicketStore>;

export const withoutVersionCheck: Broken = (store) => ({
  async append(append) {
    const { version } = await store.load(append.ticketId);
    return store.append({ ...append, expectedVersion: version });
  },
});

/** A used ticket is taken for one that its handshake still holds, so that another connection of it is let in. */
export const withoutAdmissions: Broken = (store) => ({
  async load(ticketId) {
    const loaded = await store.load(ticketId);
    const { state } = loaded;
    if (state.status !== 'consumed') return loaded;
    const { connection: _, ...rest } = state;
    return { ...loaded, state: { ...rest, status: 'reserved', reservations: 1 } };
  },
});

export const withoutRevocations: Broken = (store) => ({
  append: (append) => store.append({ ...append, guards: [] }),
});

export const withoutLaterEvents: Broken = (store) => ({
  append: (append) => store.append({ ...append, events: append.events.slice(0, 1) }),
});

export const withoutRejections: Broken = () => ({ record: async () => {} });
