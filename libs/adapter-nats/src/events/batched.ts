import { setTimeout as after } from 'node:timers/promises';

export interface BatchedOptions {
  readonly atMost: number;
  /** How long to wait for more when there is something. */
  readonly lingerMs: number;
}

/** Gathers what a source gives in close succession. It takes one element more than it has given. */
export async function* batched<T>(
  source: AsyncIterable<T>,
  { atMost, lingerMs }: BatchedOptions,
): AsyncGenerator<readonly T[], void, undefined> {
  const elements = source[Symbol.asyncIterator]();
  let next = take();

  function take(): Promise<IteratorResult<T>> {
    const taking = elements.next();
    taking.catch(() => {});
    return taking;
  }

  for (;;) {
    const first = await next;
    if (first.done) return;
    const batch = [first.value];
    next = take();
    const lingered = after(lingerMs, undefined);
    while (batch.length < atMost) {
      const more = await Promise.race([next.catch(() => undefined), lingered]);
      if (!more || more.done) break;
      batch.push(more.value);
      next = take();
    }
    yield batch;
  }
}
