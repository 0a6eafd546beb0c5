import { createExpiringMap, NO_TICKET, partitionOf, type Reason, type TicketStore } from '@admit-one/core';
import type { MemoryControl } from './control-store.ts';
import type { MemoryStoreCore } from './store-core.ts';

const RECORDED_MS = 60_000;

interface StoredTicket {
  readonly version: string;
  /** JSON, so that callers cannot change it. */
  readonly state: string;
  readonly lastRejection: Reason | null;
  readonly retainUntil: number;
}

/**
 * Each method does all its work in one turn of the event loop, and checks before it writes: that makes it atomic.
 */
export function createTicketStore(engine: MemoryStoreCore, control: MemoryControl): TicketStore {
  const tickets = createExpiringMap<StoredTicket>();
  let writes = 0;

  function nextVersion(): string {
    writes += 1;
    return `${engine.epoch}.${writes}`;
  }

  return {
    async load(ticketId) {
      engine.assertOpen();
      const now = engine.now();
      const stored = tickets.get(ticketId, now);
      return stored
        ? { version: stored.version, state: JSON.parse(stored.state), now }
        : { version: null, state: NO_TICKET, now };
    },

    async append({ ticketId, expectedVersion, events, state, retainUntil, guards, fences, work }) {
      engine.assertWritable();
      const now = engine.now();
      const partition = engine.partition(partitionOf(ticketId));
      const before = tickets.get(ticketId, now);
      if ((before?.version ?? null) !== expectedVersion) return { ok: false, because: 'version' };
      const subject = control.blockedBy([...guards, ...fences], now);
      if (subject !== undefined) return { ok: false, because: 'revoked', subject };
      partition.queue.makeSureOfRoom(events.length, work);
      const { lastRejection } = before ?? { lastRejection: null };
      const stored = { version: nextVersion(), state: JSON.stringify(state), lastRejection, retainUntil };

      partition.queue.push(events);
      tickets.set(ticketId, stored, retainUntil, now);
      engine.notifyAppend(partition);
      return { ok: true, version: stored.version, now };
    },

    async record({ ticketId, key, event, work, rejection }) {
      engine.assertWritable();
      const now = engine.now();
      const partition = engine.partition(partitionOf(ticketId));
      const recorded = `${ticketId}:${key}`;
      if (partition.recorded.get(recorded, now)) return;
      partition.queue.makeSureOfRoom(1, work);

      partition.queue.push([event]);
      partition.recorded.set(recorded, true, now + RECORDED_MS, now);
      const stored = tickets.get(ticketId, now);
      if (rejection && stored)
        tickets.set(ticketId, { ...stored, lastRejection: rejection }, stored.retainUntil, now);
      engine.notifyAppend(partition);
    },

    async inspect(ticketId) {
      engine.assertOpen();
      const now = engine.now();
      const stored = tickets.get(ticketId, now);
      return stored
        ? { state: JSON.parse(stored.state), now, lastRejection: stored.lastRejection }
        : { state: NO_TICKET, now, lastRejection: null };
    },

    async ping() {
      engine.assertOpen();
      return { now: engine.now() };
    },

    async close() {
      engine.close();
    },
  };
}
