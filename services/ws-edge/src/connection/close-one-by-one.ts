import { setTimeout as pause } from 'node:timers/promises';
import type { Connections } from './connections.ts';

/** Closes the connections that there are, spread over a time. */
export async function closeOneByOne(
  connections: Connections,
  drainMs: number,
  reason: 'draining' | 'control_stale' = 'draining',
): Promise<void> {
  const closing = connections.all();
  const startedAt = performance.now();
  for (const [n, connection] of closing.entries()) {
    const waitMs = startedAt + (n / closing.length) * drainMs - performance.now();
    if (waitMs > 0) await pause(waitMs);
    connection.close(reason);
  }
}
