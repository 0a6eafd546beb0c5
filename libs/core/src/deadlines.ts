import { type Listed, UnorderedList } from './unordered-list.ts';

/** When something ends, by the monotonic clock. */
export interface Expiring extends Listed {
  readonly endsAt: number;
}

/** The deadlines of many, kept by one timer. */
export interface Deadlines<One extends Expiring> {
  add(one: One): void;
  delete(one: One): void;
}

/** @param onExpired called once with each that was not deleted by its time */
export function createDeadlines<One extends Expiring>(onExpired: (one: One) => void): Deadlines<One> {
  const open = new UnorderedList<One>();
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
    for (const one of open.members.filter(({ endsAt }) => endsAt <= now)) {
      // Another one's end may have deleted it.
      if (one.index === null) continue;
      open.delete(one);
      onExpired(one);
    }
    let next = Number.POSITIVE_INFINITY;
    for (const { endsAt } of open.members) next = Math.min(next, endsAt);
    fireAt(next);
  }

  return {
    add(one) {
      open.add(one);
      fireAt(one.endsAt);
    },
    delete: (one) => open.delete(one),
  };
}
