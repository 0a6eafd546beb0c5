import type { Diagnostic, Outbox, StoreError, TicketStore } from '@admit-one/core';
import { connectClient } from './client/client.ts';
import { parseRedisUrl } from './client/redis-url.ts';
import { createOutbox } from './outbox.ts';
import { createStoreCore } from './store-core.ts';
import { createTicketStore } from './ticket-store.ts';
import { watchConnections } from './watch-connections.ts';

export interface RedisStoreOptions {
  /** Where Redis is: see `parseRedisUrl`. */
  readonly url: string;
  /** The `source` of the events that the store itself writes: this instance. */
  readonly source: string;
  /** How many events a partition's outbox holds when new work is refused: 20,000 by default. */
  readonly softBound?: number;
  /** How many events a partition's outbox holds at most: 25,000 by default. */
  readonly hardBound?: number;
  /** After how long a command without a reply counts as unknown: 300 ms by default. */
  readonly commandTimeoutMs?: number;
  /** Hears of the first fault of a connection in each outage. */
  readonly onError?: (error: StoreError) => void;
  /** Hears of settings of the server that endanger tickets, each time when one is connected to. */
  readonly onDiagnostic?: (diagnostic: Diagnostic) => void;
}

export interface RedisStore {
  readonly store: TicketStore;
  /** Closed together with the store. */
  readonly outbox: Outbox;
}

/**
 * Opens a ticket store on Redis, and its outbox. Where Redis is away, they open all the same after a second: calls fail
 * as unavailable until it is there, now and whenever it was away.
 *
 * Epochs begin by themselves where Redis may have lost acknowledged writes: on a server, or after a failover, that the
 * partition's epoch was not begun on.
 * @throws {TypeError} where the URL is none
 * @throws {RangeError} where the bounds are not whole numbers from 1, the soft one at most the hard one
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<RedisStore> {
  const { url, source, softBound = 20_000, hardBound = 25_000, commandTimeoutMs = 300 } = options;
  if (!Number.isInteger(softBound) || !Number.isInteger(hardBound) || softBound < 1 || softBound > hardBound)
    throw new RangeError(`${softBound} and ${hardBound} do not do as the bounds of an outbox`);
  const client = connectClient(parseRedisUrl(url), commandTimeoutMs);
  const engine = createStoreCore({ client, source, bounds: { softBound, hardBound } });
  await watchConnections(client, engine, options);
  return { store: createTicketStore(engine), outbox: createOutbox(engine) };
}
