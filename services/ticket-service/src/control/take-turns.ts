import { StoreError } from '@admit-one/core';

/**
 * Runs tasks one after the other.
 * @param longestMs how long one may wait for its turn: in an outage each before it takes until its time-out
 * @param now monotonic, in milliseconds
 */
export function takeTurns(longestMs: number, now: () => number = () => performance.now()) {
  let last: Promise<unknown> = Promise.resolve();

  /** @throws {StoreError} where it has waited too long */
  return function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const since = now();
    const done = last.then(() => {
      if (now() - since > longestMs)
        throw new StoreError('unavailable', `waited for more than ${longestMs} ms for changes before it`);
      return task();
    });
    last = done.catch(() => {});
    return done;
  };
}
