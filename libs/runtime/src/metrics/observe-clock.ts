import type { StoreClock } from '@admit-one/core';
import type { Meter } from './meter.ts';

/** Shows how far this machine's clock is from store time, once that is known. Returns a function that stops it. */
export function observeClock(clock: StoreClock, meter: Meter): () => void {
  return meter.observe(['admit_clock_offset_seconds'], (observer) => {
    if (clock.synchronized)
      observer.value('admit_clock_offset_seconds', (Date.now() - clock.now()) / 1000, {});
  });
}
