import { createExpiringMap, SITE_SHARE, USAGE_WINDOW_MS } from '@admit-one/core';
import { clientNetwork, siteNetwork } from '@admit-one/text';

/** Bounds how often the clients of one network may fail in a minute. What succeeds is never counted. */
export interface FailureLimit {
  /** The milliseconds until this client may fail again; 0 where it may now. @param address null where it is unknown */
  waitMs(address: string | null): number;
  /** Counts a failure. */
  count(address: string | null): void;
}

/** Some 10 MB at most. Above it, the counts that began first are dropped. */
const MAX_NETWORKS = 50_000;

/** @param now monotonic, in milliseconds */
export function createFailureLimit(
  perMinute: number,
  now: () => number = () => performance.now(),
): FailureLimit {
  const failures = createExpiringMap<{ count: number; readonly endsAt: number }>(MAX_NETWORKS);

  function* limitsOf(address: string | null): Iterable<{ network: string; limit: number }> {
    if (address === null || perMinute === Number.POSITIVE_INFINITY) return;
    yield { network: clientNetwork(address), limit: perMinute };
    const site = siteNetwork(address);
    if (site !== null) yield { network: site, limit: SITE_SHARE * perMinute };
  }

  return {
    waitMs(address) {
      if (failures.size === 0) return 0;
      const at = now();
      let waitMs = 0;
      for (const { network, limit } of limitsOf(address)) {
        const window = failures.get(network, at);
        if (window && window.count >= limit) waitMs = Math.max(waitMs, window.endsAt - at);
      }
      return waitMs;
    },
    count(address) {
      const at = now();
      for (const { network } of limitsOf(address)) {
        const window = failures.get(network, at);
        if (window) window.count += 1;
        else failures.set(network, { count: 1, endsAt: at + USAGE_WINDOW_MS }, at + USAGE_WINDOW_MS, at);
      }
    },
  };
}
