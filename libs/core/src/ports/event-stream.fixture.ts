import type { ReceivedEvent } from '../events/cloud-event.ts';
import type { EncodedEvent } from '../events/encoded-event.ts';
import { decoded } from '../events/event.fixture.ts';
import { BusError, type EventStream, type Running } from './bus.ts';

/** The publishing half of a stream: keeps what it acknowledged, and can be away or slow. */
export class TestStream implements EventStream {
  readonly batches: (readonly ReceivedEvent[])[] = [];
  /** Rejects a batch where it returns true. */
  rejects: (batch: readonly ReceivedEvent[]) => boolean = () => false;
  /** Comes before each acknowledgement. */
  delay: () => Promise<void> = async () => {};

  fillRatio = 0;
  /** Whether an event is too big, alone or in a batch. */
  isTooBig: (event: EncodedEvent) => boolean = () => false;

  async publish(encoded: readonly EncodedEvent[]): Promise<void> {
    if (encoded.some(this.isTooBig)) throw new BusError('too_big', 'above what the bus takes');
    const batch = decoded(encoded);
    await this.delay();
    if (this.rejects(batch)) throw new BusError('timeout', 'no acknowledgement');
    this.batches.push(batch);
  }

  get published(): readonly ReceivedEvent[] {
    return this.batches.flat();
  }

  async trim(): Promise<void> {}

  async pending(): Promise<number> {
    return 0;
  }

  consume(): Promise<Running> {
    return Promise.reject(new BusError('disconnected', 'nothing consumes in these tests'));
  }
}
