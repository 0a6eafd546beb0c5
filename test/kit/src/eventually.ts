import { setTimeout as pause } from 'node:timers/promises';
import { PATIENCE_MS, within } from './within.ts';

export interface EventuallyOptions {
  /** What is waited for, in the words of the failure. */
  readonly what: string;
  readonly timeoutMs?: number | undefined;
  /** The pause between tries: by default from 10 ms, growing to 100 ms, so that waiting takes no time from what is waited for. */
  readonly everyMs?: number;
}

/**
 * Tries until an assertion holds, and gives what it returned. It holds when it neither throws nor returns `false`.
 * @throws {Error} that says what was waited for, how long, and how the last try that ended failed
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { what, timeoutMs = PATIENCE_MS, everyMs }: EventuallyOptions,
): Promise<T> {
  const startedAt = performance.now();
  let tries = 0;
  let last: unknown;
  for (;;) {
    tries += 1;
    const leftMs = Math.max(1, timeoutMs - (performance.now() - startedAt));
    const pauseMs = everyMs ?? Math.min(10 * 1.2 ** (tries - 1), 100);
    try {
      return await within(attempt(), 'the outcome of this try', leftMs);
    } catch (error) {
      // A try that the time cut off does not tell what was wrong.
      if (performance.now() - startedAt + pauseMs >= timeoutMs) throw timedOut(last ?? error);
    }
    await pause(pauseMs);
  }

  async function attempt(): Promise<T> {
    try {
      const result = await assertion();
      if (result === false) throw new Error('the assertion returned false');
      return result;
    } catch (error) {
      last = error;
      throw error;
    }
  }

  function timedOut(error: unknown): Error {
    const reason = error instanceof Error ? error.message : String(error);
    return new Error(`${what}: not within ${timeoutMs} ms, in ${tries} tries. The last one: ${reason}`, {
      cause: error,
    });
  }
}
