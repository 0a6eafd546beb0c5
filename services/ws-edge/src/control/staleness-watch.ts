import type { Logger } from '@admit-one/runtime';
import type { ControlFollower } from '@admit-one/ticket-client';
import type { Connections } from '../connection/connections.ts';

export interface StalenessWatchOptions {
  readonly follower: Pick<ControlFollower, 'stalenessMs'>;
  readonly connections: Connections;
  /** By route. */
  readonly maxStalenessMs: ReadonlyMap<string, number>;
  readonly log: Logger;
}

const CHECK_MS = 500;

/** Closes the connections of routes whose bound is exceeded: what was revoked meanwhile is unknown here. */
export function startStalenessWatch({ follower, connections, maxStalenessMs, log }: StalenessWatchOptions) {
  let wasStale = false;

  function isStale(route: string): boolean {
    const bound = maxStalenessMs.get(route);
    return bound !== undefined && follower.stalenessMs > bound;
  }

  function check(): void {
    const stale = [...maxStalenessMs.keys()].filter(isStale);
    if (stale.length > 0 && !wasStale)
      log.fatal({ routes: stale, stalenessMs: Math.round(follower.stalenessMs) }, 'control_stale');
    wasStale = stale.length > 0;
    if (!wasStale) return;
    for (const connection of connections.all())
      if (stale.includes(connection.route)) connection.close('control_stale');
  }

  const timer = maxStalenessMs.size > 0 ? setInterval(check, CHECK_MS).unref() : undefined;
  return { isStale, stop: () => clearInterval(timer) };
}
