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
import { createEventTotals } from './event-totals.ts';
import { createIngestMetrics } from './ingest-metrics.ts';
import { type DeliveryIssue, readDelivery } from './read-delivery.ts';

export interface IngestOptions {
  readonly events: EventStream;
  readonly auditLog: AuditLog;
  readonly log: Logger;
  readonly meter: Meter;
  readonly clock: StoreClock;
}

/** How many issues of one message are listed; the message itself is kept. */
const LISTED_ISSUES = 5;

/**
 * Brings the event stream into the audit log. A delivery is acknowledged when its events are committed, and as a dead
 * letter too where something in it was no valid event. A redelivery changes neither the audit log nor the totals.
 * @throws {AuditLogError | BusError} where the totals cannot be read at the start, or nothing consumed
 */
export async function startIngest({ events, auditLog, log, meter, clock }: IngestOptions): Promise<Running> {
  const totals = createEventTotals(meter);
  const metrics = createIngestMetrics(meter, clock);
  const outage = createOutageLog({
    log,
    level: 'error',
    failure: 'ingest_failed',
    recovery: 'ingest_recovered',
  });
  let totalsKnown = false;

  async function ingest(deliveries: readonly Delivery[]): Promise<void> {
    const read = deliveries.map((delivery) => ({ delivery, ...readDelivery(delivery) }));
    const found = read.flatMap((message) => message.events);
    const deadLetters = read.filter(({ issues }) => issues.length > 0);
    try {
      const stored = await auditLog.append(found);
      await countNew(stored);
      await auditLog.keepDeadLetters(
        deadLetters.map(({ delivery, issues }) => deadLetterOf(delivery, issues)),
      );
      metrics.ingested(found, stored);
      outage.succeeded();
    } catch (error) {
      totalsKnown = false;
      metrics.failed(found);
      outage.failed(error);
      throw error;
    }
    for (const { delivery, issues } of deadLetters) {
      metrics.rejected(issues);
      log.error({ subject: delivery.subject, issue: textOf(issues) }, 'dead_letter_kept');
    }
  }

  /** A failed append may have been stored: then only the audit log knows the totals. */
  async function countNew(stored: readonly ReceivedEvent[]): Promise<void> {
    if (totalsKnown) totals.add(stored);
    else totals.reset(await auditLog.totals());
    totalsKnown = true;
  }

  function stopMetrics(): void {
    totals.stop();
    metrics.stop();
  }

  try {
    await countNew([]);
    const consumer = await events.consume(AUDIT_CONSUMER, oneAtATime(ingest));
    return { stop: () => consumer.stop().finally(stopMetrics) };
  } catch (error) {
    stopMetrics();
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

function deadLetterOf({ subject, body }: Delivery, issues: readonly DeliveryIssue[]): DeadLetter {
  return { subject, body, issue: textOf(issues) };
}

function textOf(issues: readonly DeliveryIssue[]): string {
  const listed = issues.slice(0, LISTED_ISSUES).map(({ text }) => text);
  const more = issues.length - listed.length;
  return [...listed, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
