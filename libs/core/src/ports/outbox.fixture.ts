import type { EventType } from '../events/catalogue.ts';
import type { EventPlace } from '../events/cloud-event.ts';
import { type EncodedEvent, encodeEvent } from '../events/encoded-event.ts';
import { newEvent } from '../events/event.fixture.ts';
import { PARTITIONS, partitionName } from '../ticket/identifiers.ts';
import type { Outbox, OutboxLevel } from './outbox.ts';
import { StoreError } from './ticket-store.ts';

interface Lease {
  readonly owner: string;
  readonly until: number;
}

type Call = 'lease' | 'unlease' | 'level' | 'head' | 'remove';

/** An outbox that keeps its port's promises by the (fake) monotonic clock, and lets a test step in between. */
export class TestOutbox implements Outbox {
  readonly queues: readonly EncodedEvent[][] = Array.from({ length: PARTITIONS }, () => []);
  readonly leases = new Map<number, Lease>();
  /** Runs at the beginning of each call: may change the outbox, or throw in its place. */
  before: (call: Call, partition: number) => unknown = () => {};
  readonly #listeners = new Set<(partition: number) => void>();
  readonly #sequences = new Map<number, number>();

  /** Appends events in another process: nobody is told. */
  appendElsewhere(partition: number, count = 1, type: EventType = 'admit.ticket.rejected'): void {
    for (let n = 0; n < count; n += 1) {
      const sequence = (this.#sequences.get(partition) ?? 0) + 1;
      this.#sequences.set(partition, sequence);
      const key = `${partitionName(partition)}.epoch`;
      this.queues[partition]?.push(encodeEvent(newEvent({ type }), key, sequence));
    }
  }

  /** Appends events in this process. */
  append(partition: number, count = 1): void {
    this.appendElsewhere(partition, count);
    for (const listener of this.#listeners) listener(partition);
  }

  get left(): readonly EncodedEvent[] {
    return this.queues.flat();
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  async lease(partition: number, owner: string, leaseMs: number): Promise<boolean> {
    this.before('lease', partition);
    const lease = this.leases.get(partition);
    if (lease && lease.owner !== owner && performance.now() < lease.until) return false;
    this.leases.set(partition, { owner, until: performance.now() + leaseMs });
    return true;
  }

  async unlease(partition: number, owner: string): Promise<void> {
    this.before('unlease', partition);
    if (this.leases.get(partition)?.owner === owner) this.leases.delete(partition);
  }

  async head(partition: number, limit: number): Promise<readonly EncodedEvent[]> {
    this.before('head', partition);
    return this.queues[partition]?.slice(0, limit) ?? [];
  }

  knownHead(): undefined {
    return undefined;
  }

  async remove(partition: number, through: EventPlace): Promise<void> {
    this.before('remove', partition);
    const queue = this.queues[partition] ?? [];
    queue.splice(0, queue.findIndex(({ sequence }) => sequence === through.sequence) + 1);
  }

  async level(partition: number): Promise<OutboxLevel> {
    this.before('level', partition);
    return { events: this.queues[partition]?.length ?? 0, softBound: 1_000, hardBound: 2_000 };
  }

  onAppend(listener: (partition: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onEpochEnd(): () => void {
    return () => {};
  }

  async end(): Promise<void> {}

  /** What to put into `before` so that the next so many calls of a kind go unanswered. */
  static unanswered(call: Call, times: number): (call: Call, partition: number) => void {
    let left = times;
    return (called) => {
      if (called !== call || left === 0) return;
      left -= 1;
      throw new StoreError('unavailable', 'no answer');
    };
  }
}
