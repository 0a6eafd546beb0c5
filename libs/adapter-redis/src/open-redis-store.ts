import {
  CONTROL_BOUNDS,
  type ControlBounds,
  type ControlStore,
  type Diagnostic,
  type Outbox,
  type StoreError,
  type TicketStore,
  type UsageCounter,
} from '@admit-one/core';
import { connectClient } from './client/client.ts';
import { parseRedisUrl } from './client/redis-url.ts';
import { createControlStore } from './control-store.ts';
import { createOutbox } from './outbox.ts';
import { createStoreCore } from './store-core.ts';
import { createTicketStore } from './ticket-store.ts';
import { createUsageCounter } from './usage-counter.ts';
import { watchConnections } from './watch-connections.ts';

export interface RedisStoreOptions {
  /** Where Redis is: see `parseRedisUrl`. */
  readonly url: string;
  /** The `source` of the events that the store itself writes: this instance. */
  readonly source: string;
  /** Number of events in a partition's outbox from which new work is rejected: 20,000 by default. */
  readonly softBound?: number;
  /** Maximum number of events in a partition's outbox: 25,000 by default. */
  readonly hardBound?: number;
  readonly controlBounds?: Partial<ControlBounds>;
  /** After how long a command without a reply counts as unknown: 300 ms by default. */
  readonly commandTimeoutMs?: number;
  /** Called with the first connection error of each outage. */
  readonly onUnreachable?: (error: StoreError) => void;
  /** Called on each connect, when the epochs that are due have begun. */
  readonly onReachable?: () => void;
  /** Called on each connect with server settings that endanger tickets. */
  readonly onDiagnostic?: (diagnostic: Diagnostic) => void;
}

export interface RedisStore {
  readonly store: TicketStore;
  /** Closed together with the store. */
  readonly outbox: Outbox;
  /** The same. */
  readonly control: ControlStore;
  /** The same. */
  readonly usage: UsageCounter;
}

/**
 * Opens a ticket store on Redis, and its outbox. They open within a second even if Redis is unavailable: calls fail as
 * unavailable until it is back.
 *
 * A new epoch begins where Redis may have lost acknowledged writes: on another server, or after a failover.
 * @throws {TypeError} where the URL is invalid
 * @throws {RangeError} where the bounds are not whole numbers from 1, the soft one at most the hard one
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<RedisStore> {
  const { url, source, softBound = 20_000, hardBound = 25_000, commandTimeoutMs = 300 } = options;
  if (!Number.isInteger(softBound) || !Number.isInteger(hardBound) || softBound < 1 || softBound > hardBound)
    throw new RangeError(
      `softBound and hardBound must be integers, 1 ≤ softBound ≤ hardBound (got ${softBound}, ${hardBound})`,
    );
  const client = connectClient(parseRedisUrl(url), commandTimeoutMs);
  const engine = createStoreCore({ client, source, bounds: { softBound, hardBound } });
  await watchConnections(client, engine, options);
  const control = createControlStore(engine, { ...CONTROL_BOUNDS, ...options.controlBounds });
  return {
    store: createTicketStore(engine, control),
    outbox: createOutbox(engine),
    control: control.store,
    usage: createUsageCounter(client, engine),
  };
}
