/** Number of old entries that a write checks: more than it adds, so that the sweep keeps up. */
const SWEPT_PER_WRITE = 2;

/** A map whose entries expire. Times are in any one unit. */
export interface ExpiringMap<Value> {
  /** The value, unless it has expired. */
  get(key: string, now: number): Value | undefined;
  set(key: string, value: Value, endsAt: number, now: number): void;
  /** Number of entries in memory, including expired ones. */
  readonly size: number;
}

/**
 * A map without a timer: each write checks the next two older entries and drops the expired ones. So the map holds at
 * most about twice the live entries, and every call is fast.
 * @param maxEntries where another one is added to so many, the one that was added first is dropped, live or not
 */
export function createExpiringMap<Value>(maxEntries = Number.POSITIVE_INFINITY): ExpiringMap<Value> {
  const entries = new Map<string, { readonly value: Value; readonly endsAt: number }>();
  let sweep = entries.entries();

  function sweepSome(now: number): void {
    for (let looked = 0; looked < SWEPT_PER_WRITE; looked += 1) {
      const { value: entry, done } = sweep.next();
      if (done) {
        sweep = entries.entries();
        return;
      }
      const [key, { endsAt }] = entry;
      if (endsAt <= now) entries.delete(key);
    }
  }

  function dropFirst(): void {
    for (const [first] of entries) {
      entries.delete(first);
      return;
    }
  }

  return {
    get(key, now) {
      const entry = entries.get(key);
      return entry && entry.endsAt > now ? entry.value : undefined;
    },
    set(key, value, endsAt, now) {
      sweepSome(now);
      if (entries.size >= maxEntries && !entries.has(key)) dropFirst();
      entries.set(key, { value, endsAt });
    },
    get size() {
      return entries.size;
    },
  };
}
