/** Background work that goes on until it is stopped. */
export interface Worker {
  /** Runs the work soon, without waiting for the pause to end. */
  wake(): void;
  /**
   * Lets the work in hand finish, works until there is no more, and ends. A fault ends it too, and is thrown. Given a
   * signal, it rather tries again until that aborts; then it throws the last fault at once, whatever is still in hand.
   * A signal that has aborted before is as good as none.
   */
  stop(signal?: AbortSignal): Promise<void>;
}

export interface WorkerOptions {
  /** Does what there is to do now; true where there may be more at once. */
  readonly work: () => Promise<boolean>;
  /** The pause between looks where nobody wakes the pump. */
  readonly idleMs: number;
  /** How long a pump that was woken waits for more work to gather, which costs less together: not at all by default. */
  readonly gatherMs?: number;
  /** Hears of a failed run, which is tried again after a pause that doubles up to 5 s. */
  readonly onError: (error: unknown) => void;
}

/** How long events gather on their way to the bus: long enough for batches, too short for anyone who watches the trail. */
export const GATHER_MS = 50;

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;
/** Between tries of a pump that is being stopped: whoever stops it has not got all day. */
const STOPPING_RETRY_MS = 250;

/** Starts work that is woken, polls, and retries with back-off. Its timers keep no process alive. */
export function startWorker({ work, idleMs, gatherMs = 0, onError }: WorkerOptions): Worker {
  let stopping = false;
  let awake = false;
  let rouse: (by: 'wake' | 'stop') => void = () => {};
  let retryMs = FIRST_RETRY_MS;
  let lastFault: unknown;

  const running = run();

  async function run(): Promise<void> {
    while (!stopping) {
      awake = false;
      try {
        const more = await work();
        retryMs = FIRST_RETRY_MS;
        lastFault = undefined;
        if (more) continue;
        await pause(idleMs, 'woken');
        if (awake && gatherMs > 0) await pause(gatherMs, 'over');
      } catch (error) {
        lastFault = error;
        onError(error);
        await pause(retryMs, 'over');
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  async function pause(ms: number, until: 'woken' | 'over'): Promise<void> {
    if (stopping || (awake && until === 'woken')) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      rouse = (by) => {
        if (by === 'wake' && until !== 'woken') return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return {
    wake() {
      awake = true;
      rouse('wake');
    },
    async stop(signal) {
      stopping = true;
      rouse('stop');
      if (!signal || signal.aborted) return finish();
      await Promise.race([abortOf(signal), persist(signal)]).catch((error: unknown) => {
        throw lastFault ?? error;
      });
    },
  };

  async function finish(): Promise<void> {
    await running;
    while (await work());
  }

  async function persist(signal: AbortSignal): Promise<void> {
    for (;;)
      try {
        return await finish();
      } catch (error) {
        lastFault = error;
        await new Promise((resolve) => setTimeout(resolve, STOPPING_RETRY_MS).unref());
        if (signal.aborted) throw error;
      }
  }
}

/** Rejects when the signal aborts. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
