import type { EventStream } from '@admit-one/core';
import type { Logger, Meter } from '@admit-one/runtime';

export interface EventStreamWatchOptions {
  readonly events: EventStream;
  readonly log: Logger;
  readonly meter: Meter;
  readonly lookEveryMs?: number;
}

/** The fill ratio at which somebody must act. */
const ALERT = 0.7;
/** The alert ends below this, so that a stream around the alert is not reported again and again. */
const ALERT_ENDS = 0.65;

/** Exports the fill ratio of the event stream; a CRITICAL line reports each crossing of 70 %. Returns a function that stops it. */
export function watchEventStream({
  events,
  log,
  meter,
  lookEveryMs = 1_000,
}: EventStreamWatchOptions): () => void {
  const stopObserving = meter.observe(['admit_event_stream_fill_ratio'], (observer) =>
    observer.value('admit_event_stream_fill_ratio', events.fillRatio, {}),
  );
  let alerted = false;

  const timer = setInterval(() => {
    const { fillRatio } = events;
    if (!alerted && fillRatio >= ALERT) {
      alerted = true;
      log.fatal(
        {
          fillRatio,
          remedy:
            'Check that the audit-service runs and stores events, then run npx @admit-one/cli stream trim.',
        },
        'event_stream_filling',
      );
    } else if (alerted && fillRatio < ALERT_ENDS) {
      alerted = false;
      log.info({ fillRatio }, 'event_stream_has_room');
    }
  }, lookEveryMs);
  timer.unref();

  return () => {
    clearInterval(timer);
    stopObserving();
  };
}
