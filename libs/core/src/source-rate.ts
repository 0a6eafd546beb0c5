import { createExpiringMap } from './expiring-map.ts';

/** Each source may cause so many rejections of a kind at once, unless told otherwise, and then one a second. */
export const SINGLE_REJECTIONS = 1_000;
const SINGLE_EVERY_MS = 1_000;

/** Tells which rejections are above the rate of their source. */
export interface SourceRate {
  /**
   * Counts a rejection, unless it is above the rate.
   * @param key the kind of the rejection and its source
   */
  isAbove(key: string): boolean;
}

/** @param atOnce how many a source may cause at once */
export function createSourceRate(atOnce = SINGLE_REJECTIONS): SourceRate {
  /** When the source may cause that many at once again. */
  const restedAt = createExpiringMap<number>();

  return {
    isAbove(key) {
      const now = performance.now();
      const next = Math.max(restedAt.get(key, now) ?? 0, now) + SINGLE_EVERY_MS;
      if (next - now > atOnce * SINGLE_EVERY_MS) return true;
      restedAt.set(key, next, next, now);
      return false;
    },
  };
}
