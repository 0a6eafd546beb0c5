import { type Outbox, PARTITIONS, partitionName } from '@admit-one/core';
import { type Meter, shared } from '@admit-one/runtime';

/** How long the levels are kept: a scrape reads all partitions. */
const KEPT_MS = 1_000;

const gauges = [
  'admit_outbox_events',
  'admit_outbox_soft_bound_events',
  'admit_outbox_hard_bound_events',
] as const;

/**
 * Exports the level and the bounds of each partition's outbox. A store that does not answer
 * leaves a gap in them. Returns a function that stops it.
 */
export function observeOutbox(outbox: Outbox, meter: Meter): () => void {
  const readLevels = shared(KEPT_MS, () => {
    const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
    return Promise.allSettled(partitions.map((partition) => outbox.level(partition)));
  });
  return meter.observe(gauges, async (observer) => {
    for (const [number, level] of (await readLevels()).entries()) {
      if (level.status === 'rejected') continue;
      const partition = partitionName(number);
      observer.value('admit_outbox_events', level.value.events, { partition });
      observer.value('admit_outbox_soft_bound_events', level.value.softBound, { partition });
      observer.value('admit_outbox_hard_bound_events', level.value.hardBound, { partition });
    }
  });
}
