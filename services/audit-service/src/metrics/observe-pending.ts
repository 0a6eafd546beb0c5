import type { EventStream } from '@admit-one/core';
import type { Meter } from '@admit-one/runtime';
import { createLastKnown } from './last-known.ts';

/** Shows how many messages of the stream the consumer has not acknowledged. Returns a function that stops it. */
export function observePending(events: EventStream, consumer: string, meter: Meter): () => void {
  const pending = createLastKnown(() => events.pending(consumer));
  return meter.observe(['admit_audit_consumer_pending_messages'], async (observer) => {
    const count = await pending.get();
    if (count !== undefined) observer.value('admit_audit_consumer_pending_messages', count, {});
  });
}
