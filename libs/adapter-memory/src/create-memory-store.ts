import {
  CONTROL_BOUNDS,
  type ControlBounds,
  type ControlStore,
  type Outbox,
  type TicketStore,
  type UsageCounter,
} from '@admit-one/core';
import { createControlStore } from './store/control-store.ts';
import { createOutbox } from './store/outbox.ts';
import { createStoreCore } from './store/store-core.ts';
import { createTicketStore } from './store/ticket-store.ts';
import { createUsageCounter } from './store/usage-counter.ts';

export interface MemoryStoreOptions {
  /** The `source` of the events that the store itself writes: this instance. */
  readonly source: string;
  /** Unix milliseconds; `Date.now` by default. If it goes back, the store's time does not change. */
  readonly now?: () => number;
  /** Number of events in a partition's outbox from which new work is rejected: 4,000 by default. */
  readonly softBound?: number;
  /** Maximum number of events in a partition's outbox: 5,000 by default. */
  readonly hardBound?: number;
  readonly controlBounds?: Partial<ControlBounds>;
}

export interface MemoryStore {
  readonly store: TicketStore;
  /** Closed together with the store. */
  readonly outbox: Outbox;
  /** The same. */
  readonly control: ControlStore;
  /** The same. */
  readonly usage: UsageCounter;
}

/**
 * A ticket store in this process's memory, and its outbox. It is one epoch: its tickets, and events that no relay has
 * taken, end with it.
 * @throws {RangeError} where the bounds are not whole numbers from 1, the soft one at most the hard one
 */
export function createMemoryStore(options: MemoryStoreOptions): MemoryStore {
  const { source, now: clock = Date.now, softBound = 4_000, hardBound = 5_000 } = options;
  if (!Number.isInteger(softBound) || !Number.isInteger(hardBound) || softBound < 1 || softBound > hardBound)
    throw new RangeError(
      `softBound and hardBound must be integers, 1 ≤ softBound ≤ hardBound (got ${softBound}, ${hardBound})`,
    );
  const engine = createStoreCore({ clock, source, softBound, hardBound });
  const control = createControlStore(engine, { ...CONTROL_BOUNDS, ...options.controlBounds });
  return {
    store: createTicketStore(engine, control),
    outbox: createOutbox(engine),
    control: control.store,
    usage: createUsageCounter(engine),
  };
}
