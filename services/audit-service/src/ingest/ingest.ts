import {
  type AppendedEvents,
  AUDIT_CONSUMER,
  type AuditLog,
  AuditLogError,
  createSequenceRange,
  type Delivery,
  deadLetterOf,
  type EventStream,
  eventsOf,
  type ReceivedEvent,
  type ReceivedMessage,
  type Running,
  receive,
  type StoreClock,
  storeMessages,
} from '@admit-one/core';
import {
  createOutageLog,
  createRepeats,
  type Dependencies,
  type Logger,
  logAt,
  type Meter,
  type Tracing,
} from '@admit-one/runtime';
import type { EventTotals } from '../metrics/event-totals.ts';
import type { Pseudonyms } from '../pseudonyms/pseudonyms.ts';
import { createIngestMetrics } from './ingest-metrics.ts';

export interface IngestOptions {
  readonly events: EventStream;
  readonly auditLog: AuditLog;
  /** What stands in the place of values that are not stored. */
  readonly pseudonyms: Pseudonyms;
  readonly totals: Pick<EventTotals, 'read'>;
  readonly log: Logger;
  readonly dependencies: Pick<Dependencies, 'isAnyDown'>;
  readonly meter: Meter;
  readonly tracing: Tracing | null;
  readonly clock: StoreClock;
}

/**
 * Brings the event stream into the audit log. A delivery is acknowledged when its events are committed, and as a dead
 * letter too where something in it was no valid event, too far ahead of its sequence or not storable. A redelivery does not change the
 * audit log.
 * @throws {AuditLogError | BusError} where the audit log cannot be read at the start, or nothing consumed
 */
export async function startIngest(options: IngestOptions): Promise<Running> {
  const { events, auditLog, pseudonyms, totals, log, dependencies, meter, tracing, clock } = options;
  const metrics = createIngestMetrics(meter, clock);
  const outage = createOutageLog({
    log,
    failure: 'ingest_failed',
    recovery: 'ingest_recovered',
    isExplained: dependencies.isAnyDown,
  });
  const repeats = createRepeats();
  const storing = {
    range: createSequenceRange(auditLog),
    append,
    auditLog,
    valueIssueOf,
  };
  /** The names of the streams that the audit log knows. */
  const streams = new Set<string>();
  /** Before, a new stream may be what was to be expected of a restart: an embedded one ends with its process. */
  let hasReceived = false;

  async function ingest(deliveries: readonly Delivery[]): Promise<void> {
    let all: readonly ReceivedEvent[] = [];
    try {
      const received = receive(deliveries);
      all = eventsOf(received);
      const { events, stored, conflicting, deadLetters } = await storeMessages(received, storing);
      metrics.ingested(events, stored);
      reportConflicts(conflicting);
      await reportNewStreams(deliveries);
      reportDeadLetters(deadLetters);
      hasReceived = true;
      outage.succeeded();
    } catch (error) {
      metrics.failed(all);
      if (error instanceof AuditLogError) outage.failed(error);
      else reportBug(error);
      throw error;
    }
  }

  /** In full: a bug fails one delivery again and again while others succeed, so no outage begins. */
  function reportBug(error: unknown): void {
    if (repeats(String(error)) !== undefined) log.error({ err: error }, 'ingest_failed');
  }

  async function append(messages: readonly ReceivedMessage[]): Promise<AppendedEvents> {
    const startedAt = performance.now();
    const appended = await auditLog.append(
      messages.map(({ delivery, events }) => ({
        position: delivery.position,
        events: events.map(({ index, event }) => ({ index, event: pseudonyms.ofEvent(event) })),
      })),
    );
    if (tracing) traceStored(appended.stored, startedAt, tracing);
    return appended;
  }

  function reportConflicts(conflicting: readonly ReceivedEvent[]): void {
    for (const { partitionkey, sequence, type, source } of conflicting)
      log.error({ partitionkey, sequence, type, source }, 'event_conflict_kept');
  }

  function reportDeadLetters(deadLetters: readonly ReceivedMessage[]): void {
    for (const { delivery, issues } of deadLetters) {
      metrics.rejected(issues);
      const { subject, issue } = deadLetterOf(delivery, issues);
      log.error({ subject, issue }, 'dead_letter_kept');
    }
  }

  async function reportNewStreams(deliveries: readonly Delivery[]): Promise<void> {
    if (deliveries.every(({ position }) => streams.has(position.stream))) return;
    for (const { name: stream, generation } of await auditLog.streams()) {
      if (!streams.has(stream) && generation > 1)
        logAt(log, hasReceived ? 'WARNING' : 'INFO', { stream, generation }, 'event_stream_replaced');
      streams.add(stream);
    }
  }

  try {
    await totals.read();
    for (const { name } of await auditLog.streams()) streams.add(name);
    const consumer = await events.consume(AUDIT_CONSUMER, ingest);
    return { stop: () => consumer.stop().finally(metrics.stop) };
  } catch (error) {
    metrics.stop();
    throw error;
  }
}

function valueIssueOf(error: unknown): string | undefined {
  return error instanceof AuditLogError && error.code === 'bad_value' ? error.message : undefined;
}

/** Records, in the trace of each stored event, that it is in the audit log. @param startedAt by `performance.now()` */
function traceStored(stored: readonly ReceivedEvent[], startedAt: number, tracing: Tracing): void {
  for (const { type, id, traceparent = null } of stored) {
    const attributes = { 'cloudevents.event_type': type, 'cloudevents.event_id': id };
    tracing.start('store event', { kind: 'consumer', parent: traceparent, attributes, startedAt })?.end();
  }
}
