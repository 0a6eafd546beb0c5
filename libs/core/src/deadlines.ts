/** When something ends, by the monotonic clock. */
export interface Expiring {
  readonly endsAt: number;
  /** Where it is among the deadlines; null where it isn't. The deadlines' own. */
  place: number | null;
}

/** The deadlines of many, kept by one timer. */
export interface Deadlines<One extends Expiring> {
  add(one: One): void;
  delete(one: One): void;
}

/**
 * In an array, not in a Set: when V8 makes a new table for a busy Set, the old one keeps its entries and points to the new
 * one. From the first table that is old enough on, all of them outlive the collections of young garbage.
 * @param onExpired called once with each that was not deleted by its time
 */
export function createDeadlines<One extends Expiring>(onExpired: (one: One) => void): Deadlines<One> {
  const open: One[] = [];
  let timer: NodeJS.Timeout | undefined;
  let firesAt = Number.POSITIVE_INFINITY;

  function fireAt(at: number): void {
    if (at >= firesAt) return;
    clearTimeout(timer);
    firesAt = at;
    timer = setTimeout(sweep, Math.max(1, Math.ceil(at - performance.now()))).unref();
  }

  function sweep(): void {
    firesAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    for (const one of open.filter(({ endsAt }) => endsAt <= now)) {
      // Another one's end may have deleted it.
      if (one.place === null) continue;
      remove(one);
      onExpired(one);
    }
    let next = Number.POSITIVE_INFINITY;
    for (const { endsAt } of open) next = Math.min(next, endsAt);
    fireAt(next);
  }

  /** The last one takes its place. */
  function remove(one: One): void {
    const { place } = one;
    if (place === null) return;
    one.place = null;
    const last = open.pop();
    if (!last || last === one) return;
    open[place] = last;
    last.place = place;
  }

  return {
    add(one) {
      if (one.place === null) one.place = open.push(one) - 1;
      fireAt(one.endsAt);
    },
    delete: remove,
  };
}
