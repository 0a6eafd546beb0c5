import type { Readiness } from './http/readiness.ts';
import type { Logger } from './logging.ts';

const LOOK_MS = 250;
/** A start may take so long before it is worth a line. */
const PATIENCE_MS = 5_000;

export interface FirstReadiness {
  /** Resolves when every check has passed for the first time; never after `stop`. */
  readonly ready: Promise<void>;
  stop(): void;
}

/** Waits for a process to be ready, and logs that, or once what it still waits for. */
export function awaitReady(readiness: Readiness, log: Logger): FirstReadiness {
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let hasWarned = false;

  const ready = new Promise<void>((resolve) => {
    async function look(): Promise<void> {
      const { ready: isReady, checks } = await readiness();
      if (stopped) return;
      const elapsedMs = performance.now() - startedAt;
      if (isReady) {
        log.info({ seconds: Math.round(elapsedMs) / 1_000 }, 'ready');
        resolve();
        return;
      }
      if (!hasWarned && elapsedMs > PATIENCE_MS) {
        hasWarned = true;
        const failed = Object.entries(checks).filter(([, { status }]) => status === 'failed');
        log.warn({ checks: Object.fromEntries(failed) }, 'not_ready');
      }
      timer = setTimeout(look, LOOK_MS).unref();
    }
    void look();
  });

  return {
    ready,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
