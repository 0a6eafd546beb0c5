import { batchesOf, type EncodedEvent } from './events/encoded-event.ts';
import type { EventStream, Running } from './ports/bus.ts';
import type { Outbox } from './ports/outbox.ts';
import { PARTITIONS } from './ticket/identifiers.ts';
import { GATHER_MS, startWorker } from './worker.ts';

export interface RelayOptions {
  readonly outbox: Outbox;
  readonly events: EventStream;
  /** This instance, as the owner of leases. */
  readonly owner: string;
  readonly onError: (error: unknown) => void;
  /** How long a partition stays leased to a relay that stopped answering. */
  readonly leaseMs?: number;
  /** How often to look for events that other processes appended. */
  readonly pollMs?: number;
  /** How long events wait to be moved together, which costs a fraction of moving each alone. */
  readonly gatherMs?: number;
}

/** How many events of one partition are taken at once. */
const HEAD_LIMIT = 512;
const ALL: readonly number[] = Array.from({ length: PARTITIONS }, (_, partition) => partition);

interface Head {
  readonly partition: number;
  readonly head: readonly EncodedEvent[];
}

/**
 * Moves events from the outbox to the durable stream: leases a partition, takes its head, publishes, and removes only
 * what the stream has acknowledged. Any number of relays may run. A relay that is killed at any point loses no event;
 * some are published again. A relay that fails gives its leases back, so that another can try.
 *
 * `stop` publishes what is left and gives the leases back.
 */
export function startRelay(options: RelayOptions): Running {
  const { outbox, events, owner, onError, leaseMs = 5_000, pollMs = 250, gatherMs = GATHER_MS } = options;
  const leasedUntil = new Map<number, number>();
  let appended = new Set<number>();
  let sweptAt = Number.NEGATIVE_INFINITY;

  const worker = startWorker({
    work: moveOnce,
    idleMs: pollMs,
    gatherMs,
    onError(error) {
      sweptAt = Number.NEGATIVE_INFINITY;
      void giveBack();
      onError(error);
    },
  });
  const stopListening = outbox.onAppend((partition) => {
    appended.add(partition);
    worker.wake();
  });

  async function moveOnce(): Promise<boolean> {
    const now = performance.now();
    const sweep = appended.size === 0 || now - sweptAt >= pollMs;
    const candidates = sweep ? ALL : [...appended];
    if (sweep) sweptAt = now;
    appended = new Set();
    const heads = await Promise.all(candidates.map(headOf));
    const batches = batchesOf(heads.flatMap(({ head }) => head));
    if (batches.length === 0) return false;

    await Promise.all(batches.map((batch) => events.publish(batch)));
    await Promise.all(heads.map(removeHead));
    return heads.some(({ head }) => head.length === HEAD_LIMIT);
  }

  async function headOf(partition: number): Promise<Head> {
    return { partition, head: (await leased(partition)) ? await outbox.head(partition, HEAD_LIMIT) : [] };
  }

  async function leased(partition: number): Promise<boolean> {
    const now = performance.now();
    if ((leasedUntil.get(partition) ?? 0) - now > leaseMs / 2) return true;
    const granted = await outbox.lease(partition, owner, leaseMs);
    if (granted) leasedUntil.set(partition, now + leaseMs);
    else leasedUntil.delete(partition);
    return granted;
  }

  async function removeHead({ partition, head }: Head): Promise<void> {
    const last = head.at(-1);
    if (last) await outbox.remove(partition, last);
  }

  /** Gives the leases back to other relays; one that cannot be given back expires. */
  async function giveBack(): Promise<void> {
    const partitions = [...leasedUntil.keys()];
    leasedUntil.clear();
    await Promise.allSettled(partitions.map((partition) => outbox.unlease(partition, owner)));
  }

  return {
    async stop() {
      stopListening();
      appended.clear();
      try {
        await worker.stop();
      } finally {
        await giveBack();
      }
    },
  };
}
