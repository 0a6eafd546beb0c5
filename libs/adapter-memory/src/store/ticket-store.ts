import { NO_TICKET, partitionOf, type Reason, type TicketAppend, type TicketStore } from '@admit-one/core';
import { createExpiringMap } from './expiring-map.ts';
import type { MemoryStoreCore } from './store-core.ts';

const RECORDED_MS = 60_000;

interface StoredTicket {
  readonly version: string;
  /** JSON, so that nobody can change it from outside. */
  readonly state: string;
  readonly lastRejection: Reason | null;
  readonly retainUntil: number;
}

interface Marker {
  /** Unix seconds. */
  readonly at: number;
  readonly retainUntil: number;
}

/**
 * The ticket store's port over an engine. Each method does all its work in one turn of the event loop, checks first
 * and writes last: that is what makes it atomic.
 */
export function createTicketStore(engine: MemoryStoreCore): TicketStore {
  const tickets = createExpiringMap<StoredTicket>();
  const markers = createExpiringMap<Marker>();
  let writes = 0;

  function nextVersion(): string {
    writes += 1;
    return `${engine.epoch}.${writes}`;
  }

  function revokedBy(guards: TicketAppend['guards'], now: number): string | undefined {
    return guards.find(({ subject, notSince }) => {
      const mark = markers.get(subject, now);
      return mark !== undefined && mark.at >= notSince;
    })?.subject;
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

    async append({ ticketId, expectedVersion, events, state, retainUntil, guards, work }) {
      engine.assertOpen();
      const now = engine.now();
      const partition = engine.partition(partitionOf(ticketId));
      const before = tickets.get(ticketId, now);
      if ((before?.version ?? null) !== expectedVersion) return { ok: false, because: 'version' };
      const marker = revokedBy(guards, now);
      if (marker !== undefined) return { ok: false, because: 'revoked', marker };
      partition.queue.makeSureOfRoom(events.length, work);
      const { lastRejection } = before ?? { lastRejection: null };
      const stored = { version: nextVersion(), state: JSON.stringify(state), lastRejection, retainUntil };

      partition.queue.push(events);
      tickets.set(ticketId, stored, retainUntil, now);
      engine.notifyAppend(partition);
      return { ok: true, version: stored.version, now };
    },

    async record({ ticketId, events, rejection }) {
      engine.assertOpen();
      const now = engine.now();
      const partition = engine.partition(partitionOf(ticketId));
      const fresh = events.filter(({ id }) => !partition.recorded.get(id, now));
      if (fresh.length === 0) return;
      partition.queue.makeSureOfRoom(fresh.length, 'existing');

      partition.queue.push(fresh);
      for (const { id } of fresh) partition.recorded.set(id, true, now + RECORDED_MS, now);
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

    async revoke(marker, at, retainUntil) {
      engine.assertOpen();
      const now = engine.now();
      const before = markers.get(marker, now) ?? { at, retainUntil };
      const later = { at: Math.max(at, before.at), retainUntil: Math.max(retainUntil, before.retainUntil) };
      markers.set(marker, later, later.retainUntil, now);
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
