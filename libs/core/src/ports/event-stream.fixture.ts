import type { CloudEvent } from '../events/cloud-event.ts';
import { BusError, type EventStream, type Running } from './bus.ts';

/** The publishing half of a stream: keeps what it acknowledged, and can be away or slow. */
export class TestStream implements EventStream {
  readonly batches: (readonly CloudEvent[])[] = [];
  /** Refuses a batch where it returns true. */
  refuses: (batch: readonly CloudEvent[]) => boolean = () => false;
  /** Comes before each acknowledgement. */
  delay: () => Promise<void> = async () => {};

  async publish(batch: readonly CloudEvent[]): Promise<void> {
    await this.delay();
    if (this.refuses(batch)) throw new BusError('timeout', 'no acknowledgement');
    this.batches.push(batch);
  }

  get published(): readonly CloudEvent[] {
    return this.batches.flat();
  }

  consume(): Promise<Running> {
    return Promise.reject(new BusError('disconnected', 'nothing consumes in these tests'));
  }
}
