import type { Running } from '@admit-one/core';

/** Runs work at every interval, but not while the run before is under way. Its timer does not keep the process alive. */
export function everyInterval(intervalMs: number, work: () => Promise<void>): Running {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= work().finally(() => {
      running = undefined;
    });
  }, intervalMs);
  timer.unref();

  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
