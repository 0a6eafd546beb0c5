import {
  AUDIT_CONSUMER,
  type AuditLog,
  type DeadLetter,
  type Delivery,
  type EventStream,
  type ReceivedEvent,
  type Running,
  type StoreClock,
} from '@admit-one/core';
import type { Logger, Meter } from '@admit-one/runtime';
import { createOutageLog } from '../outage/outage-log.ts';
import type { Pseudonyms } from '../pseudonyms/pseudonyms.ts';
import type { EventTotals } from './event-totals.ts';
import { createIngestMetrics } from './ingest-metrics.ts';
import { type DeliveryIssue, type ReadDelivery, readDelivery } from './read-delivery.ts';
import { createSequenceRange } from './sequence-range.ts';

export interface IngestOptions {
  readonly events: EventStream;
  readonly auditLog: AuditLog;
  /** What stands in the place of values that are not stored. */
  readonly pseudonyms: Pseudonyms;
  readonly totals: EventTotals;
  readonly log: Logger;
  readonly meter: Meter;
  readonly clock: StoreClock;
}

/** How many issues of one message are listed; the message itself is kept. */
const LISTED_ISSUES = 5;

/**
 * Brings the event stream into the audit log. A delivery is acknowledged when its events are committed, and as a dead
 * letter too where something in it was no valid event or too far ahead of its sequence. A redelivery changes neither the
 * audit log nor the totals.
 * @throws {AuditLogError | BusError} where the totals cannot be read at the start, or nothing consumed
 */
export async function startIngest(options: IngestOptions): Promise<Running> {
  const { events, auditLog, pseudonyms, totals, log, meter, clock } = options;
  const metrics = createIngestMetrics(meter, clock);
  const outage = createOutageLog({
    log,
    level: 'error',
    failure: 'ingest_failed',
    recovery: 'ingest_recovered',
  });
  const range = createSequenceRange(auditLog);

  async function ingest(deliveries: readonly Delivery[]): Promise<void> {
    const received = deliveries.map((delivery) => ({ delivery, ...readDelivery(delivery) }));
    const all = received.flatMap(eventsOf);
    let deadLetters: readonly (ReadDelivery & { readonly delivery: Delivery })[] = [];
    try {
      const outside = await range.outside(all);
      const read = received.map((message) => withoutOutside(message, outside));
      const found = read.flatMap(eventsOf);
      deadLetters = read.filter(({ issues }) => issues.length > 0);
      const { stored, conflicting } = await auditLog.append(
        read.map(({ delivery, events }) => ({
          position: delivery.position,
          events: events.map(({ index, event }) => ({ index, event: pseudonyms.ofEvent(event) })),
        })),
      );
      await totals.add(stored);
      await auditLog.keepDeadLetters(
        deadLetters.map(({ delivery, issues }) => deadLetterOf(delivery, issues)),
      );
      metrics.ingested(found, stored);
      reportConflicts(conflicting);
      outage.succeeded();
    } catch (error) {
      // A failed append may have been stored: then only the audit log knows the totals.
      totals.recount();
      metrics.failed(all);
      outage.failed(error);
      throw error;
    }
    for (const { delivery, issues } of deadLetters) {
      metrics.rejected(issues);
      log.error({ subject: delivery.subject, issue: textOf(issues) }, 'dead_letter_kept');
    }
  }

  function reportConflicts(conflicting: readonly ReceivedEvent[]): void {
    for (const { partitionkey, sequence, type, source } of conflicting)
      log.error({ partitionkey, sequence, type, source }, 'event_conflict_kept');
  }

  try {
    totals.recount();
    await totals.add([]);
    const consumer = await events.consume(AUDIT_CONSUMER, oneAtATime(ingest));
    return { stop: () => consumer.stop().finally(metrics.stop) };
  } catch (error) {
    metrics.stop();
    throw error;
  }
}

/** Totals read while another append is under way might count its events twice. */
function oneAtATime<Work>(handle: (work: Work) => Promise<void>): (work: Work) => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return (work) => {
    const run = last.then(() => handle(work));
    last = run.catch(() => {});
    return run;
  };
}

function eventsOf({ events }: ReadDelivery): readonly ReceivedEvent[] {
  return events.map(({ event }) => event);
}

function deadLetterOf({ subject, body }: Delivery, issues: readonly DeliveryIssue[]): DeadLetter {
  return { subject, body, issue: textOf(issues) };
}

function textOf(issues: readonly DeliveryIssue[]): string {
  const listed = issues.slice(0, LISTED_ISSUES).map(({ text }) => text);
  const more = issues.length - listed.length;
  return [...listed, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** The message with an issue in the place of each event that is outside of the range of its sequence. */
function withoutOutside<Message extends ReadDelivery>(
  message: Message,
  outside: ReadonlyMap<ReceivedEvent, string>,
): Message {
  const issues = message.events.flatMap(({ event }) => {
    const text = outside.get(event);
    return text === undefined ? [] : [{ why: 'sequence_out_of_range' as const, text }];
  });
  if (issues.length === 0) return message;
  const events = message.events.filter(({ event }) => !outside.has(event));
  return { ...message, events, issues: [...message.issues, ...issues] };
}
