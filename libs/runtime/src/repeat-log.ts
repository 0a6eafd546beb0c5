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
 * Lets each text through once a minute. Returns how often it was held back before; undefined where it is held back now.
 * @param isExplained whether it is held back in any case
 */
export function createRepeats(): (text: string, isExplained?: boolean) => number | undefined {
  const known = new Map<string, Repeats>();

  return (text, isExplained = false) => {
    const now = performance.now();
    const repeats = known.get(text);
    if (isExplained || (repeats && now < repeats.until)) {
      if (repeats) repeats.count += 1;
      return undefined;
    }
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(text, { until: now + MINUTE_MS, count: 0 });
    return repeats?.count ?? 0;
  };
}

/**
 * Logs errors of the bus: each once a minute, with the number of repeats. While a dependency is down, its own line explains
 * them.
 */
export function createRepeatLog(log: Logger, isExplained: () => boolean): (error: unknown) => void {
  const repeats = createRepeats();

  return (error) => {
    const count = repeats(errorMessage(error), isExplained());
    if (count === undefined) log.debug({ err: error }, 'bus_error');
    else log.error({ err: error, ...(count > 0 && { count }) }, 'bus_error');
  };
}
