import type { Running } from '@admit-one/core';

export interface Eventually extends Running {
  /** Whether it has started. */
  readonly running: boolean;
}

export interface EventuallyOptions {
  readonly start: () => Promise<Running>;
  /** Hears why it could not start. */
  readonly onFault: (error: unknown) => void;
  readonly retryMs: number;
}

/**
 * Starts what may not be able to start yet, again and again until it runs or is stopped. Resolves after the first try.
 */
export async function startEventually(options: EventuallyOptions): Promise<Eventually> {
  const { start, onFault, retryMs } = options;
  let started: Running | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let trying = attempt();

  async function attempt(): Promise<void> {
    try {
      started = await start();
    } catch (error) {
      onFault(error);
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
