import type { ReceivedEvent } from '@admit-one/core';
import type { Tracing } from '@admit-one/runtime';

/** Records, in the trace of each stored event, that it is in the audit log. @param startedAt by `performance.now()` */
export function traceStored(stored: readonly ReceivedEvent[], startedAt: number, tracing: Tracing): void {
  for (const { type, id, traceparent = null } of stored) {
    const attributes = { 'cloudevents.event_type': type, 'cloudevents.event_id': id };
    tracing.start('store event', { kind: 'consumer', parent: traceparent, attributes, startedAt })?.end();
  }
}
