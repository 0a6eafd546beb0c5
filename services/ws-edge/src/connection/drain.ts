import type { Upgrades } from '../upgrade/upgrades.ts';
import { closeOneByOne } from './close-one-by-one.ts';
import type { Connections } from './connections.ts';

export interface DrainOptions {
  readonly connections: Connections;
  readonly upgrades: Pick<Upgrades, 'settled'>;
  /** How long the closes are spread over, by the server: clients with random backoff alone would still reconnect as a storm. */
  readonly drainMs: number;
}

/**
 * Closes every connection with RESTARTING, and resolves when all have ended. The close timeout bounds each of them. The
 * caller rejects new handshakes; those in flight end first.
 */
export async function drainConnections({ connections, upgrades, drainMs }: DrainOptions): Promise<void> {
  await Promise.all([closeOneByOne(connections, drainMs), upgrades.settled()]);
  await connections.empty();
}
