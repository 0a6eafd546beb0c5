import { createExpiringMap, StoreError, USAGE_WINDOW_MS, type UsageCounter } from '@admit-one/core';

/** A limit per key and minute, over all instances. */
export interface UsageLimit {
  readonly perMinute: number;
  /** Counts a use of a key. Returns 0 where it is within the limit, else the milliseconds to wait; rejected uses do not count. */
  take(key: string): Promise<number> | number;
}

interface Window {
  count: number;
  /** How much of the count the other instances know. */
  shared: number;
  rejectedUntil: number;
}

/**
 * Counts in this process up to half of the limit, and above it together with the other instances: most keys never cost a
 * call. So k instances together let at most the limit and k - 1 times half of it pass. Without the shared counter, each
 * instance enforces the limit by itself.
 * @param now monotonic, in milliseconds
 */
export function createUsageLimit(
  perMinute: number,
  usage: UsageCounter,
  now: () => number = () => performance.now(),
): UsageLimit {
  const windows = createExpiringMap<Window>();

  function windowOf(key: string, at: number): Window {
    const present = windows.get(key, at);
    if (present) return present;
    const window = { count: 0, shared: 0, rejectedUntil: 0 };
    windows.set(key, window, at + USAGE_WINDOW_MS, at);
    return window;
  }

  async function takeShared(key: string, window: Window): Promise<number> {
    const points = window.count - window.shared;
    window.shared = window.count;
    try {
      const { count, endsInMs } = await usage.add(key, points);
      const at = now();
      // From here on, the window is that of all instances.
      windows.set(key, window, at + endsInMs, at);
      if (count <= perMinute) return 0;
      window.rejectedUntil = at + endsInMs;
      return endsInMs;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      window.shared -= points;
      return window.count <= perMinute ? 0 : USAGE_WINDOW_MS;
    }
  }

  return {
    perMinute,
    take(key) {
      const at = now();
      const window = windowOf(key, at);
      if (window.rejectedUntil > at) return window.rejectedUntil - at;
      window.count += 1;
      return window.count <= perMinute / 2 ? 0 : takeShared(key, window);
    },
  };
}
