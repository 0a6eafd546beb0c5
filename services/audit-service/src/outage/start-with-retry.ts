import type { Running } from '@admit-one/core';

export interface RetriedStart extends Running {
  /** Whether it has started. */
  readonly running: boolean;
}

export interface RetriedStartOptions {
  readonly start: () => Promise<Running>;
  /** Called with the error of each failed try. */
  readonly onError: (error: unknown) => void;
  readonly retryMs: number;
}

/**
 * Retries a start that may fail, until it succeeds or is stopped. Resolves after the first try.
 */
export async function startWithRetry(options: RetriedStartOptions): Promise<RetriedStart> {
  const { start, onError, retryMs } = options;
  let started: Running | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let trying = attempt();

  async function attempt(): Promise<void> {
    try {
      started = await start();
    } catch (error) {
      onError(error);
      if (!stopped) timer = setTimeout(retry, retryMs);
      timer?.unref();
    }
  }

  function retry(): void {
    trying = attempt();
  }

  await trying;
  return {
    get running() {
      return started !== undefined;
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await trying;
      await started?.stop();
    },
  };
}
