/** Background work that runs until it is stopped. */
export interface Worker {
  /** Ends the pause: runs the work now. */
  wake(): void;
  /**
   * Finishes the current run, then runs until there is no more work. An error ends that and is thrown. With a signal,
   * it retries instead until the signal aborts, and then throws the last error at once. A signal that has already
   * aborted is ignored.
   */
  stop(signal?: AbortSignal): Promise<void>;
}

export interface WorkerOptions {
  /** Does the work that is there now; true if there may be more. */
  readonly work: () => Promise<boolean>;
  /** The pause between runs, unless it is woken. */
  readonly idleMs: number | (() => number);
  /** How long a woken worker waits for more work, which costs less in batches; not at all by default. */
  readonly gatherMs?: () => number;
  /** How long it rests before the next run, also where there is more work; not at all by default. */
  readonly restMs?: () => number;
  /** Called with the error of a failed run. It is retried after a pause that doubles up to 5 s. */
  readonly onError: (error: unknown) => void;
  /** Called when a run succeeds after failed ones. */
  readonly onRecovery?: (() => void) | undefined;
}

/** How long events wait for a batch on their way to the bus: not noticeable in the audit log. */
const GATHER_MS = 50;
/** The same while there are many: each message costs a write, a file and an acknowledgement, however long it is. */
const BUSY_GATHER_MS = 200;
const BUSY_EVENTS = 16;

/** @param events how many the last batch had */
export function gatherMsAfter(events: number): number {
  return events < BUSY_EVENTS ? GATHER_MS : BUSY_GATHER_MS;
}

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;
/** The retry interval while stopping: shorter, because the caller waits. */
const STOPPING_RETRY_MS = 250;

/** Starts work that runs when woken and by polling, with retries and backoff. Its timers do not keep the process alive. */
export function startWorker(options: WorkerOptions): Worker {
  const { work, idleMs, gatherMs = () => 0, restMs = () => 0, onError, onRecovery } = options;
  let stopping = false;
  let awake = false;
  let rouse: (by: 'wake' | 'stop') => void = () => {};
  let retryMs = FIRST_RETRY_MS;
  let lastError: unknown;

  const running = run();

  async function run(): Promise<void> {
    while (!stopping) {
      awake = false;
      try {
        const more = await work();
        retryMs = FIRST_RETRY_MS;
        if (lastError !== undefined) onRecovery?.();
        lastError = undefined;
        if (!more) {
          await pause(typeof idleMs === 'number' ? idleMs : idleMs(), 'woken');
          if (awake) await pause(gatherMs(), 'over');
        }
        await pause(restMs(), 'over');
      } catch (error) {
        lastError = error;
        onError(error);
        await pause(retryMs, 'over');
        retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
      }
    }
  }

  async function pause(ms: number, until: 'woken' | 'over'): Promise<void> {
    if (stopping || (until === 'woken' ? awake : ms <= 0)) return;
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
        throw lastError ?? error;
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
        lastError = error;
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
