import { type Outbox, PARTITIONS, partitionName } from '@admit-one/core';
import { type Meter, shared } from '@admit-one/runtime';

/** How long the levels are kept: a scrape reads all partitions. */
const KEPT_MS = 1_000;

/**
 * Exports the level and the bounds of each partition's outbox. A store that does not answer
 * leaves a gap in them. Returns a function that stops it.
 */
export function observeOutbox(outbox: Outbox, meter: Meter): () => void {
  const events = meter.createObservableGauge('admit_outbox_events', {
    description: 'Events that wait for the relay',
  });
  const softBound = meter.createObservableGauge('admit_outbox_soft_bound_events', {
    description: 'Waiting events at which no more tickets are issued',
  });
  const hardBound = meter.createObservableGauge('admit_outbox_hard_bound_events', {
    description: 'Waiting events at which every command is rejected',
  });
  const gauges = [events, softBound, hardBound];
  const readLevels = shared(KEPT_MS, () => {
    const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
    return Promise.allSettled(partitions.map((partition) => outbox.level(partition)));
  });
  const observe: Parameters<Meter['addBatchObservableCallback']>[0] = async (result) => {
    for (const [partition, level] of (await readLevels()).entries()) {
      if (level.status === 'rejected') continue;
      const labels = { partition: partitionName(partition) };
      result.observe(events, level.value.events, labels);
      result.observe(softBound, level.value.softBound, labels);
      result.observe(hardBound, level.value.hardBound, labels);
    }
  };
  meter.addBatchObservableCallback(observe, gauges);
  return () => meter.removeBatchObservableCallback(observe, gauges);
}
