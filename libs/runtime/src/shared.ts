/** A read whose outcome its callers share. */
export interface Shared<Value> {
  (): Promise<Value>;
  /** Drops the kept outcome: the next call reads. For a caller that has learnt that it no longer holds. */
  forget(): void;
}

/**
 * Shares the outcome of a read among all callers: one read runs at a time, and its result or error is kept for a while.
 * It protects what anyone may ask for.
 */
export function shared<Value>(keptMs: number, read: () => Promise<Value>): Shared<Value> {
  let current: { readonly outcome: Promise<Value>; keptUntil: number } | undefined;
  const call = () => {
    if (current && performance.now() < current.keptUntil) return current.outcome;
    const started = { outcome: read(), keptUntil: Number.POSITIVE_INFINITY };
    const keep = () => {
      started.keptUntil = performance.now() + keptMs;
    };
    started.outcome.then(keep, keep);
    current = started;
    return started.outcome;
  };
  const forget = () => {
    current = undefined;
  };
  return Object.assign(call, { forget });
}
