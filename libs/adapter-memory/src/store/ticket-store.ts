import { NO_TICKET, partitionOf, type Reason, type TicketAppend, type TicketStore } from '@admit-one/core';
import type { Engine } from './engine.ts';
import { createExpiringMap } from './expiring-map.ts';

const RECORDED_MS = 60_000;

interface StoredTicket {
  readonly version: string;
  /** JSON, so that nobody can change it from outside. */
  readonly state: string;
  readonly lastRejection: Reason | null;
  readonly forgetAt: number;
}

interface Marker {
  /** Unix seconds. */
  readonly at: number;
  readonly forgetAt: number;
}

/**
 * The ticket store's port over an engine. Each method does all its work in one turn of the event loop, checks first
 * and writes last: that is what makes it atomic.
 */
export function createTicketStore(engine: Engine): TicketStore {
  const tickets = createExpiringMap<StoredTicket>();
  const markers = createExpiringMap<Marker>();
  let writes = 0;

  function nextVersion(): string {
    writes += 1;
    return `${engine.epoch}.${writes}`;
  }

  function revokedBy(guards: TicketAppend['unless'], now: number): string | undefined {
    return guards.find(({ marker, notSince }) => {
      const mark = markers.get(marker, now);
      return mark !== undefined && mark.at >= notSince;
    })?.marker;
  }

  return {
    async load(ticketId) {
      engine.makeSureItIsOpen();
      const now = engine.now();
      const stored = tickets.get(ticketId, now);
      return stored
        ? { version: stored.version, state: JSON.parse(stored.state), now }
        : { version: null, state: NO_TICKET, now };
    },

    async append({ ticketId, expectedVersion, events, state, forgetAt, unless, work }) {
      engine.makeSureItIsOpen();
      const now = engine.now();
      const partition = engine.partition(partitionOf(ticketId));
      const before = tickets.get(ticketId, now);
      if ((before?.version ?? null) !== expectedVersion) return { ok: false, because: 'version' };
      const marker = revokedBy(unless, now);
      if (marker !== undefined) return { ok: false, because: 'revoked', marker };
      partition.queue.makeSureOfRoom(events.length, work);
      const { lastRejection } = before ?? { lastRejection: null };
      const stored = { version: nextVersion(), state: JSON.stringify(state), lastRejection, forgetAt };

      partition.queue.push(events);
      tickets.set(ticketId, stored, forgetAt, now);
      engine.tellOfAppend(partition);
      return { ok: true, version: stored.version, now };
    },

    async record({ ticketId, events, rejection }) {
      engine.makeSureItIsOpen();
      const now = engine.now();
      const partition = engine.partition(partitionOf(ticketId));
      const fresh = events.filter(({ id }) => !partition.recorded.get(id, now));
      if (fresh.length === 0) return;
      partition.queue.makeSureOfRoom(fresh.length, 'existing');

      partition.queue.push(fresh);
      for (const { id } of fresh) partition.recorded.set(id, true, now + RECORDED_MS, now);
      const stored = tickets.get(ticketId, now);
      if (rejection && stored)
        tickets.set(ticketId, { ...stored, lastRejection: rejection }, stored.forgetAt, now);
      engine.tellOfAppend(partition);
    },

    async inspect(ticketId) {
      engine.makeSureItIsOpen();
      const now = engine.now();
      const stored = tickets.get(ticketId, now);
      return stored
        ? { state: JSON.parse(stored.state), now, lastRejection: stored.lastRejection }
        : { state: NO_TICKET, now, lastRejection: null };
    },

    async mark(marker, at, forgetAt) {
      engine.makeSureItIsOpen();
      const now = engine.now();
      const before = markers.get(marker, now) ?? { at, forgetAt };
      const later = { at: Math.max(at, before.at), forgetAt: Math.max(forgetAt, before.forgetAt) };
      markers.set(marker, later, later.forgetAt, now);
    },

    async ping() {
      engine.makeSureItIsOpen();
      return { now: engine.now() };
    },

    async close() {
      engine.close();
    },
  };
}
