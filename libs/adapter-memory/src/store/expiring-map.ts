/** How many old entries a write looks at: more than the one that it may add, so that the sweep keeps up. */
const SWEPT_PER_WRITE = 2;

/** A map whose entries expire. Times are in any one unit. */
export interface ExpiringMap<Value> {
  /** The value, unless its time has come. */
  get(key: string, now: number): Value | undefined;
  set(key: string, value: Value, endsAt: number, now: number): void;
  /** How many entries take up memory, ended ones included. */
  readonly size: number;
}

/**
 * Makes a map that needs no timer: each write drops what it finds ended among two older entries, in turn. So the map
 * holds at most about twice what is live, and no call takes long.
 */
export function createExpiringMap<Value>(): ExpiringMap<Value> {
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

  return {
    get(key, now) {
      const entry = entries.get(key);
      return entry && entry.endsAt > now ? entry.value : undefined;
    },
    set(key, value, endsAt, now) {
      sweepSome(now);
      entries.set(key, { value, endsAt });
    },
    get size() {
      return entries.size;
    },
  };
}
