import { batchesOf, type EncodedEvent } from './events/encoded-event.ts';
import type { EventStream, Running } from './ports/bus.ts';
import type { Outbox } from './ports/outbox.ts';
import { type OnTooBig, publishBatch } from './publish-batch.ts';
import { PARTITIONS } from './ticket/identifiers.ts';
import { gatherMsAfter, startWorker } from './worker.ts';

export interface RelayOptions {
  readonly outbox: Outbox;
  readonly events: EventStream;
  /** This instance, as the owner of leases. */
  readonly owner: string;
  readonly onError: (error: unknown) => void;
  /** Called when no partition fails any more. */
  readonly onRecovery?: (() => void) | undefined;
  /** Called with an event that the bus can't take. It leaves the outbox, and its place becomes a gap. */
  readonly onTooBig: OnTooBig;
  /** How long a partition stays leased to a relay that stopped answering. */
  readonly leaseMs?: number;
  /** How often to look for events that other processes appended; a fourth as often while nothing moves. */
  readonly pollMs?: number;
  /** How long events wait to be moved together, which costs a fraction of moving each alone. */
  readonly gatherMs?: number;
}

/** How many events of one partition are taken at once. */
const HEAD_LIMIT = 512;
/** Looks at all partitions, four times a second, are most of what an idle process does. */
const IDLE_POLLS = 4;
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 5_000;
const ALL: readonly number[] = Array.from({ length: PARTITIONS }, (_, partition) => partition);

interface Head {
  readonly partition: number;
  readonly head: readonly EncodedEvent[];
}

/** When a partition that failed is tried again, and how long it waited for that. */
interface Retry {
  readonly at: number;
  readonly afterMs: number;
}

/**
 * Moves events from the outbox to the durable stream: leases a partition, takes its head, publishes, and removes only
 * what the stream has acknowledged. Any number of relays may run. A relay that is killed at any point loses no event;
 * some are published again.
 *
 * Each partition fails by itself: it is given back, so that another relay can try, retried with backoff, and its events
 * share no batch with those of others until it has succeeded.
 *
 * `stop` publishes what is left and gives the leases back.
 */
export function startRelay(options: RelayOptions): Running {
  const { outbox, events, owner, onError, onRecovery, onTooBig, leaseMs = 5_000, pollMs = 250 } = options;
  const leasedUntil = new Map<number, number>();
  const retries = new Map<number, Retry>();
  const retryTimers = new Set<NodeJS.Timeout>();
  let appended = new Set<number>();
  let sweptAt = Number.NEGATIVE_INFINITY;
  let lastBatch = 0;
  let stopping = false;

  const worker = startWorker({
    work: moveOnce,
    idleMs: () => (lastBatch > 0 ? pollMs : IDLE_POLLS * pollMs),
    gatherMs: () => options.gatherMs ?? gatherMsAfter(lastBatch),
    onError,
  });
  const stopListening = outbox.onAppend(wake);

  function wake(partition: number): void {
    appended.add(partition);
    worker.wake();
  }

  /** While stopping, nothing waits for its retry, and an error is thrown when nothing else is left. */
  async function moveOnce(): Promise<boolean> {
    const now = performance.now();
    const sweep = appended.size === 0 || now - sweptAt >= pollMs;
    const candidates = (sweep ? ALL : [...appended]).filter((partition) => isDue(partition, now));
    if (sweep) sweptAt = now;
    const woken = appended;
    appended = new Set();

    const errors = new Map<number, unknown>();
    const attempt = async <Result>(partition: number, work: () => Promise<Result>) =>
      work().catch((error: unknown) => void errors.set(partition, error));
    const heads = (
      await Promise.all(
        candidates.map((partition) => attempt(partition, () => headOf(partition, woken.has(partition)))),
      )
    ).filter((head) => head !== undefined);
    lastBatch = heads.reduce((sum, { head }) => sum + head.length, 0);
    const unpublished = await publish(heads);
    await Promise.all(heads.map((head) => attempt(head.partition, () => removePublished(head, unpublished))));

    const hadFailed = retries.size > 0;
    for (const partition of candidates) if (!errors.has(partition)) retries.delete(partition);
    if (hadFailed && retries.size === 0 && errors.size === 0) onRecovery?.();
    const mayFailForAnother = [...errors.keys()].some((partition) => !retries.has(partition));
    if (errors.size > 0) await retryLater(errors);
    const more = heads.some(({ partition, head }) => head.length === HEAD_LIMIT && !errors.has(partition));
    if (stopping && mayFailForAnother) return true;
    if (stopping && !more) for (const error of errors.values()) throw error;
    return more;
  }

  function isDue(partition: number, now: number): boolean {
    const retry = retries.get(partition);
    return !retry || stopping || retry.at <= now;
  }

  async function headOf(partition: number, isWoken: boolean): Promise<Head> {
    const waits = (await leased(partition)) && (isWoken || (await outbox.level(partition)).events > 0);
    if (!waits) return { partition, head: [] };
    // What others append behind a known head leaves a hole in what this process appends next, or waits for the next look.
    const known = isWoken && !stopping ? outbox.knownHead(partition, HEAD_LIMIT) : undefined;
    return { partition, head: known ?? (await outbox.head(partition, HEAD_LIMIT)) };
  }

  async function leased(partition: number): Promise<boolean> {
    const now = performance.now();
    if ((leasedUntil.get(partition) ?? 0) - now > leaseMs / 2) return true;
    const granted = await outbox.lease(partition, owner, leaseMs);
    if (granted) leasedUntil.set(partition, now + leaseMs);
    else leasedUntil.delete(partition);
    return granted;
  }

  /** Returns the events that were not acknowledged, each with the error of its batch. */
  async function publish(heads: readonly Head[]): Promise<ReadonlyMap<EncodedEvent, unknown>> {
    const unpublished = new Map<EncodedEvent, unknown>();
    const [alone, together] = [
      heads.filter(({ partition }) => retries.has(partition)),
      heads.filter(({ partition }) => !retries.has(partition)),
    ];
    const batches = [together, ...alone.map((head) => [head])].flatMap((group) =>
      batchesOf(group.flatMap(({ head }) => head)),
    );
    await Promise.all(
      batches.map((batch) =>
        publishBatch(events, batch, onTooBig).catch((error: unknown) => {
          for (const event of batch) unpublished.set(event, error);
        }),
      ),
    );
    return unpublished;
  }

  /** Removes the events ahead of the first that was not acknowledged. @throws that event's error */
  async function removePublished(
    { partition, head }: Head,
    unpublished: ReadonlyMap<EncodedEvent, unknown>,
  ): Promise<void> {
    const failedAt = head.findIndex((event) => unpublished.has(event));
    const last = failedAt === -1 ? head.at(-1) : head[failedAt - 1];
    if (last) await outbox.remove(partition, last);
    const failed = head[failedAt];
    if (failed) throw unpublished.get(failed);
  }

  async function retryLater(errors: ReadonlyMap<number, unknown>): Promise<void> {
    const now = performance.now();
    for (const partition of errors.keys()) {
      const afterMs = Math.min((retries.get(partition)?.afterMs ?? FIRST_RETRY_MS / 2) * 2, LAST_RETRY_MS);
      retries.set(partition, { at: now + afterMs, afterMs });
      if (!stopping) scheduleRetry(partition, afterMs);
    }
    const distinct = new Map([...errors.values()].map((error) => [String(error), error]));
    if (!stopping) for (const error of distinct.values()) onError(error);
    await giveBack([...errors.keys()]);
  }

  function scheduleRetry(partition: number, afterMs: number): void {
    const timer = setTimeout(() => {
      retryTimers.delete(timer);
      wake(partition);
    }, afterMs).unref();
    retryTimers.add(timer);
  }

  /** Gives leases back to other relays; one that can't be given back expires. */
  async function giveBack(partitions: readonly number[]): Promise<void> {
    const held = partitions.filter((partition) => leasedUntil.delete(partition));
    await Promise.allSettled(held.map((partition) => outbox.unlease(partition, owner)));
  }

  return {
    async stop() {
      stopping = true;
      stopListening();
      for (const timer of retryTimers) clearTimeout(timer);
      appended.clear();
      try {
        await worker.stop();
      } finally {
        await giveBack(ALL);
      }
    },
  };
}
