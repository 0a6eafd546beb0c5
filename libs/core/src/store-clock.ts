/**
 * Store time, kept by a process that is not the store: every reply tells it, and the monotonic clock carries it on.
 * It runs late by at most the time that the reply took, so deadlines made with it err to the safe side.
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
  let synchronized = false;
  return {
    observe(storeNow) {
      offset = storeNow - performance.now();
      synchronized = true;
    },
    now: () => Math.round(performance.now() + offset),
    get synchronized() {
      return synchronized;
    },
  };
}
