import type { Bus } from '@admit-one/core';
import { closedAfterTest, describeContract, type Skips } from './contract.ts';
import { consumeTests } from './event-stream/consume.ts';
import { publishTests } from './event-stream/publish.ts';
import { redeliveryTests } from './event-stream/redelivery.ts';
import { stopTests } from './event-stream/stop-and-close.ts';
import type { EventStreamOptions } from './event-stream/subject.ts';

export interface EventStreamContractOptions {
  /**
   * Opens a bus. Its stream may hold events from before, and others may use it: a test looks for nothing but its own
   * events, and leaves durable consumers behind. Where `maxBytes` is given, the stream is empty and holds no more.
   */
  readonly open: (options?: EventStreamOptions) => Promise<Bus>;
  readonly skips?: Skips;
}

/** What every durable event stream promises. */
export function eventStreamContract(name: string, { open, skips }: EventStreamContractOptions): void {
  const subject = { open: closedAfterTest(open, (bus) => bus.close()) };
  describeContract({
    title: `the event stream of ${name} keeps its contract`,
    chapters: {
      publish: publishTests,
      consume: consumeTests,
      redelivery: redeliveryTests,
      'stop and close': stopTests,
    },
    skips,
    subject: () => subject,
  });
}
