/** Returns a function that runs tasks, at most `limit` of them at once. Others wait, in the order in which they came. */
export function limitConcurrency(limit: number): <Result>(task: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running < limit) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      // The first that waits takes over the place.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
