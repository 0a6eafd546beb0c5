/** Lets so many through in each window of time. */
export interface RateLimit {
  /** 0 where one more may pass, and is counted; else after how many milliseconds to try again. */
  take(): number;
}

/** @param atMost per window of `windowMs` */
export function createRateLimit({ atMost, windowMs }: { atMost: number; windowMs: number }): RateLimit {
  let windowEndsAt = Number.NEGATIVE_INFINITY;
  let taken = 0;
  return {
    take() {
      const now = performance.now();
      if (now >= windowEndsAt) {
        windowEndsAt = now + windowMs;
        taken = 0;
      }
      taken += 1;
      return taken <= atMost ? 0 : windowEndsAt - now;
    },
  };
}
