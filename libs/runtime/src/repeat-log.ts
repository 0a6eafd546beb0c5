import { errorMessage } from './errors.ts';
import type { Logger } from './logging.ts';

const MINUTE_MS = 60_000;
/** How many different errors are told apart. */
const MAX_KNOWN = 100;

interface Repeats {
  readonly until: number;
  count: number;
}

/**
 * Logs errors of the bus: each once a minute, with the number of repeats. While a dependency is down, its own line explains
 * them.
 */
export function createRepeatLog(log: Logger, isExplained: () => boolean): (error: unknown) => void {
  const known = new Map<string, Repeats>();

  return (error) => {
    const text = errorMessage(error);
    const now = performance.now();
    const repeats = known.get(text);
    if (isExplained() || (repeats && now < repeats.until)) {
      if (repeats) repeats.count += 1;
      log.debug({ err: error }, 'bus_error');
      return;
    }
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(text, { until: now + MINUTE_MS, count: 0 });
    const count = repeats?.count ?? 0;
    log.error({ err: error, ...(count > 0 && { count }) }, 'bus_error');
  };
}
