import type { EventPlace } from '../events/cloud-event.ts';
import type { EncodedEvent } from '../events/encoded-event.ts';
import type { RecordWork, TicketWork } from './ticket-store.ts';

/** How full a partition's outbox is. */
export interface OutboxLevel {
  readonly events: number;
  readonly softBound: number;
  readonly hardBound: number;
}

/** The bounds of each partition's outbox, in events. */
export type OutboxBounds = Omit<OutboxLevel, 'events'>;

/**
 * How many events an outbox may hold after a write. What strangers can cause never takes more than half of the soft bound,
 * so that it stops no admission. Single rejections and releases stop earlier: counts of rejections and second reservations
 * have the rest of that half.
 */
export function outboxBoundOf(work: TicketWork | RecordWork, { softBound, hardBound }: OutboxBounds): number {
  switch (work) {
    case 'new':
      return softBound;
    case 'existing':
      return hardBound;
    case 'again':
    case 'folded':
      return Math.floor(softBound / 2);
    case 'release':
    case 'rejection':
      return Math.floor((softBound * 3) / 8);
    default:
      return work satisfies never;
  }
}

/**
 * The ticket store's outbox, as the relay sees it: one queue per partition.
 *
 * - **Leases** keep relays from doing each other's work. They are no lock: two relays may hold one partition for a moment,
 *   and an event may be published twice. Consumers identify events by their place.
 * - **Order**: `head` gives the oldest first, and the same ones until they are removed.
 * - **Epochs** share the queue: events of an earlier epoch stay ahead of later ones.
 *
 * - **Ends**: an epoch that a store has lost can be told by those who wrote to it: see `onEpochEnd`.
 *
 * All methods but `onAppend` and `onEpochEnd` throw `StoreError`.
 */
export interface Outbox {
  /** Takes or extends the lease of a partition; false while another owner holds it. */
  lease(partition: number, owner: string, leaseMs: number): Promise<boolean>;
  /** Gives the lease back, if the owner still holds it. */
  unlease(partition: number, owner: string): Promise<void>;
  head(partition: number, limit: number): Promise<readonly EncodedEvent[]>;
  /**
   * The beginning of the head, without reading it, where this process has appended it; undefined where it has to be read.
   * More may follow.
   */
  knownHead(partition: number, limit: number): readonly EncodedEvent[] | undefined;
  /** Removes the head up to and including this event; nothing if it is no longer in the queue. */
  remove(partition: number, through: EventPlace): Promise<void>;
  level(partition: number): Promise<OutboxLevel>;
  /** Calls back after appends by this process, so that its relay need not poll. Returns unsubscribe. */
  onAppend(listener: (partition: number) => void): () => void;
  /**
   * Calls back when a partition goes on under another partition key than this process knew, and again if a later number of
   * the ended one becomes known. Returns unsubscribe.
   */
  onEpochEnd(listener: (end: EpochEnd) => void): () => void;
  /**
   * Ends a store that ends with this process: takes no more writes, and appends `admit.store.stopped` to each partition, so
   * that its last event is known. A store that outlives the process does nothing.
   */
  end(): Promise<void>;
}

/** How far an ended epoch had come, as far as the store has told this process. */
export interface EpochEnd {
  readonly partitionkey: string;
  /** The highest sequence that a reply has shown to exist. */
  readonly lastSequence: number;
}
