import { setTimeout as pause } from 'node:timers/promises';
import type { Connections } from './connection/connections.ts';
import type { Handshakes } from './upgrade/handshakes.ts';
import { within } from './upgrade/within.ts';

export interface DrainOptions {
  readonly connections: Connections;
  readonly handshakes: Pick<Handshakes, 'settled'>;
  /** Over how long the closes are spread: by the server, since clients that all wait at random still come as a herd. */
  readonly drainMs: number;
  /** How long the last client may take to answer its close. */
  readonly closeMs: number;
}

/** Ends every connection with RESTARTING, and those that do not answer without it. No new ones may begin meanwhile. */
export async function drainConnections(options: DrainOptions): Promise<void> {
  const { connections, handshakes, drainMs, closeMs } = options;
  await Promise.all([closeOneByOne(connections, drainMs), handshakes.settled()]);
  const answered = connections.empty();
  await within(answered, closeMs);
  for (const connection of connections.all()) connection.terminate();
  await answered;
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
