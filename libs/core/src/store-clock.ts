/** How fast two clocks may drift apart: 500 ppm, far more than quartz does. */
const DRIFT = 0.0005;

/** A reply that tells a time earlier than this is not late: the store's clock was set back. */
const SET_BACK_MS = 2_000;

/**
 * Store time, kept by a process that is not the store: every reply tells it, and the monotonic clock carries it on.
 * It runs late by at most the time that a reply took, so deadlines made with it err to the safe side. A reply can only
 * come late, never early: so the quickest one counts, until drift could have made it worse than the newest.
 */
export interface StoreClock {
  /** Takes the store's time from a reply. */
  observe(storeNow: number): void;
  /** Store time in Unix milliseconds; this machine's clock until the store's was heard. */
  now(): number;
  /** Whether the store's time was heard yet. */
  readonly synchronized: boolean;
}

/** Makes a clock that has not heard the store's time yet. */
export function createStoreClock(): StoreClock {
  let offset = Date.now() - performance.now();
  let heardAt = 0;
  let synchronized = false;
  return {
    observe(storeNow) {
      const now = performance.now();
      const heard = storeNow - now;
      const kept = offset - (now - heardAt) * DRIFT;
      if (synchronized && heard < kept && heard > kept - SET_BACK_MS) return;
      offset = heard;
      heardAt = now;
      synchronized = true;
    },
    now: () => Math.round(performance.now() + offset),
    get synchronized() {
      return synchronized;
    },
  };
}
