/** How fast two clocks may drift apart: 500 ppm, far more than quartz does. */
const DRIFT = 0.0005;

/** A reply earlier than this is not late: the store's clock was set back. */
const SET_BACK_MS = 2_000;

/**
 * Store time outside the store: taken from every reply, and advanced by the monotonic clock. It is late by at most the
 * duration of a reply, so deadlines made with it end too early rather than too late. The quickest reply counts, until
 * clock drift could have made it worse than the newest.
 */
export interface StoreClock {
  /** Takes the store's time, Unix milliseconds, from a reply. */
  observe(storeNow: number): void;
  /** Store time, Unix milliseconds; this machine's clock until the first reply. */
  now(): number;
  /** Whether there was a reply yet. */
  readonly synchronized: boolean;
}

export function createStoreClock(): StoreClock {
  let offset = Date.now() - performance.now();
  let observedAt = 0;
  let synchronized = false;
  return {
    observe(storeNow) {
      const now = performance.now();
      const observed = storeNow - now;
      const aged = offset - (now - observedAt) * DRIFT;
      if (synchronized && observed < aged && observed > aged - SET_BACK_MS) return;
      offset = observed;
      observedAt = now;
      synchronized = true;
    },
    now: () => Math.round(performance.now() + offset),
    get synchronized() {
      return synchronized;
    },
  };
}
