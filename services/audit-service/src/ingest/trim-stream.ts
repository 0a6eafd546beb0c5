import type { EventStream, Running } from '@admit-one/core';
import { createOutageLog, type Dependencies, type Logger } from '@admit-one/runtime';
import { everyInterval } from '../every-interval.ts';

export interface StreamTrimOptions {
  readonly events: EventStream;
  /** The consumer whose acknowledged events are removed. */
  readonly consumer: string;
  readonly windowMs: number;
  readonly everyMs?: number;
  readonly log: Logger;
  readonly dependencies: Pick<Dependencies, 'isAnyDown'>;
}

/**
 * Removes events from the stream that are in the audit log, at every interval: the stream then holds what is not committed,
 * plus a window. A failure is logged when it begins and ends; the next interval tries again.
 */
export function startStreamTrim(options: StreamTrimOptions): Running {
  const { events, consumer, windowMs, everyMs = 5_000, log, dependencies } = options;
  const outage = createOutageLog({
    log,
    failure: 'stream_trim_failed',
    recovery: 'stream_trim_recovered',
    isExplained: dependencies.isAnyDown,
  });
  return everyInterval(everyMs, () => events.trim(consumer, windowMs).then(outage.succeeded, outage.failed));
}
