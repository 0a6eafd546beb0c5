/**
 * Shares the outcome of a read among all callers: one read runs at a time, and its result or error is kept for a while.
 * It protects what anyone may ask for.
 */
export function shared<Value>(keptMs: number, read: () => Promise<Value>): () => Promise<Value> {
  let current: Promise<Value> | undefined;
  let keptUntil = Number.POSITIVE_INFINITY;
  const keep = () => {
    keptUntil = performance.now() + keptMs;
  };
  return () => {
    if (current && performance.now() < keptUntil) return current;
    keptUntil = Number.POSITIVE_INFINITY;
    current = read();
    current.then(keep, keep);
    return current;
  };
}
