import {
  type EncodedEvent,
  type EventPlace,
  type Outbox,
  PARTITIONS,
  partitionName,
  type Running,
  type StoreClock,
  startWorker,
} from '@admit-one/core';
import type { Meter } from '@admit-one/runtime';

export interface OutboxWatchOptions {
  readonly outbox: Outbox;
  readonly clock: StoreClock;
  readonly meter: Meter;
  readonly lookEveryMs?: number;
}

export interface OutboxWatch extends Running {
  /** False while at least half of the partitions are above the soft bound: most requests for tickets are rejected. */
  hasRoom(): boolean;
  /** False while events wait and none has left for a minute, in any partition. */
  isMoving(): boolean;
}

/** The oldest event of a partition's outbox. */
interface Oldest extends EventPlace {
  /** Unix milliseconds, in store time. */
  readonly time: number;
  /** When this process saw it first, monotonic milliseconds. */
  readonly seenAt: number;
}

const STUCK_MS = 60_000;
const ALL: readonly number[] = Array.from({ length: PARTITIONS }, (_, partition) => partition);

/**
 * Looks at every partition of the outbox at an interval, and exports the age of its oldest event. Of a partition that can't
 * be read, it keeps the last look: its events still wait.
 */
export function startOutboxWatch({
  outbox,
  clock,
  meter,
  lookEveryMs = 2_000,
}: OutboxWatchOptions): OutboxWatch {
  const oldest = new Map<number, Oldest>();
  const full = new Set<number>();
  const stopObserving = meter.observe(['admit_outbox_oldest_event_age_seconds'], (observer) => {
    for (const partition of ALL) {
      const time = oldest.get(partition)?.time;
      const seconds = time === undefined ? 0 : Math.max(0, clock.now() - time) / 1_000;
      observer.value('admit_outbox_oldest_event_age_seconds', seconds, {
        partition: partitionName(partition),
      });
    }
  });
  const worker = startWorker({
    async work() {
      await Promise.allSettled(ALL.map(look));
      return false;
    },
    idleMs: lookEveryMs,
    onError: () => {},
  });

  async function look(partition: number): Promise<void> {
    const { events, softBound } = await outbox.level(partition);
    const [head] = events > 0 ? await outbox.head(partition, 1) : [];
    if (events >= softBound) full.add(partition);
    else full.delete(partition);
    const known = oldest.get(partition);
    if (!head) oldest.delete(partition);
    else if (!known || !isSame(head, known)) oldest.set(partition, oldestOf(head));
  }

  return {
    hasRoom: () => full.size < PARTITIONS / 2,
    isMoving() {
      const since = performance.now() - STUCK_MS;
      return oldest.size === 0 || [...oldest.values()].some(({ seenAt }) => seenAt > since);
    },
    async stop() {
      await worker.stop();
      stopObserving();
    },
  };
}

function isSame(one: EventPlace, other: EventPlace): boolean {
  return one.partitionkey === other.partitionkey && one.sequence === other.sequence;
}

function oldestOf({ partitionkey, sequence, json }: EncodedEvent): Oldest {
  const { time } = JSON.parse(Buffer.from(json).toString()) as { readonly time: string };
  return { partitionkey, sequence, time: Date.parse(time), seenAt: performance.now() };
}
