/** A fixed-window rate limit. */
export interface RateLimit {
  /** Counts a request. Returns 0 if it may pass, else the milliseconds until the next window. */
  take(): number;
}

export function createRateLimit({ limit, windowMs }: { limit: number; windowMs: number }): RateLimit {
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
      return taken <= limit ? 0 : windowEndsAt - now;
    },
  };
}
