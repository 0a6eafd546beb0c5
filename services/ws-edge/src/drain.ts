import { setTimeout as pause } from 'node:timers/promises';
import type { Connections } from './connection/connections.ts';
import type { Handshakes } from './upgrade/handshakes.ts';

export interface DrainOptions {
  readonly connections: Connections;
  readonly handshakes: Pick<Handshakes, 'settled'>;
  /** Over how long the closes are spread: by the server, since clients that all wait at random still come as a herd. */
  readonly drainMs: number;
}

/**
 * Closes every connection with RESTARTING, and resolves when all have ended: none takes longer to answer its close than
 * its time for that. No new handshakes may begin meanwhile; those under way end first.
 */
export async function drainConnections({ connections, handshakes, drainMs }: DrainOptions): Promise<void> {
  await Promise.all([closeOneByOne(connections, drainMs), handshakes.settled()]);
  await connections.empty();
}

async function closeOneByOne(connections: Connections, drainMs: number): Promise<void> {
  const closing = connections.all();
  const startedAt = performance.now();
  for (const [n, connection] of closing.entries()) {
    const waitMs = startedAt + (n / closing.length) * drainMs - performance.now();
    if (waitMs > 0) await pause(waitMs);
    connection.close('draining');
  }
}
