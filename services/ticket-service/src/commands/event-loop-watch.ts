/** Notices that the event loop of this process stood still: a stopped process, a paused machine, a long computation. */
export interface EventLoopWatch {
  /** Looks now: after a stop, what has arrived meanwhile is read before any timer fires. */
  check(): void;
  stop(): void;
}

const BEAT_MS = 100;

/**
 * @param longestMs how long the loop may be busy before that counts as standing still
 * @param onStall called with the duration of a stop, in milliseconds, once for each
 */
export function watchEventLoop(longestMs: number, onStall: (stoodStillMs: number) => void): EventLoopWatch {
  let lastBeat = performance.now();

  function check(): void {
    const elapsedMs = performance.now() - lastBeat;
    lastBeat += elapsedMs;
    if (elapsedMs > longestMs) onStall(elapsedMs);
  }

  const timer = setInterval(check, BEAT_MS).unref();
  return { check, stop: () => clearInterval(timer) };
}
