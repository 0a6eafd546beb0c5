import type { EncodedEvent, EventStream } from '@admit-one/core';
import { sampledSpanOf } from './traceparent.ts';
import type { Tracing } from './types.ts';

/** An event stream whose publishing is in the traces of the events. They travel together, so each has its own span. */
export function traceEventStream(events: EventStream, tracing: Tracing | null): EventStream {
  if (!tracing) return events;
  return {
    get fillRatio() {
      return events.fillRatio;
    },
    pending: (consumer) => events.pending(consumer),
    trim: (consumer, keepMs) => events.trim(consumer, keepMs),
    consume: (name, handler) => events.consume(name, handler),
    async publish(batch) {
      const spans = batch.flatMap(({ type, json }) => {
        const attributes = { 'messaging.system': 'nats', 'cloudevents.event_type': type };
        const span = tracing.start('publish event', {
          kind: 'producer',
          parent: traceparentIn(json),
          attributes,
        });
        return span ?? [];
      });
      const size = { 'messaging.batch.message_count': batch.length };
      try {
        await events.publish(batch);
        for (const span of spans) span.end(size);
      } catch (error) {
        for (const span of spans) span.end(size, String(error));
        throw error;
      }
    },
  };
}

const MEMBER = '"traceparent":"';
const LENGTH = 55;

/** The `traceparent` of an encoded event, without decoding it. Within a text its quotes would be escaped. */
function traceparentIn(json: EncodedEvent['json']): string | null {
  const bytes = Buffer.from(json.buffer, json.byteOffset, json.byteLength);
  const at = bytes.indexOf(MEMBER);
  if (at === -1) return null;
  const value = bytes.toString('latin1', at + MEMBER.length, at + MEMBER.length + LENGTH);
  return sampledSpanOf(value) ? value : null;
}
