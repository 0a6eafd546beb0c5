import type {
  AuditLog,
  DeadLetter,
  Delivery,
  EventStream,
  ReceivedEvent,
  Running,
  StoreClock,
} from '@admit-one/core';
import type { Logger, Meter } from '@admit-one/runtime';
import { createOutageLog } from '../outage-log.ts';
import { createEventTotals } from './event-totals.ts';
import { createIngestMetrics } from './ingest-metrics.ts';
import { type DeliveryIssue, readDelivery } from './read-delivery.ts';

/** The name under which the bus remembers how far the audit trail is. */
const AUDIT_CONSUMER = 'audit';

export interface IngestOptions {
  readonly events: EventStream;
  readonly auditLog: AuditLog;
  readonly log: Logger;
  readonly meter: Meter;
  readonly clock: StoreClock;
}

/** How many faults of one message are told; the message itself is kept. */
const TOLD_FAULTS = 5;

/**
 * Brings the event stream into the audit log. Deliveries are acknowledged once what they hold is committed: events in
 * the trail, the message too where something in it was none. Redelivery changes neither the trail nor the totals.
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
    const poison = read.filter(({ issues: faults }) => faults.length > 0);
    try {
      const stored = await auditLog.append(found);
      await countNew(stored);
      await auditLog.keepDeadLetters(poison.map(({ delivery, issues: faults }) => poisonOf(delivery, faults)));
      metrics.ingested(found, stored);
      outage.succeeded();
    } catch (error) {
      totalsKnown = false;
      metrics.failed(found);
      outage.failed(error);
      throw error;
    }
    for (const { delivery, issues: faults } of poison) {
      metrics.rejected(faults);
      log.error({ subject: delivery.subject, fault: textOf(faults) }, 'message_quarantined');
    }
  }

  /** A failed append may have been stored all the same: then only the log knows the totals. */
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

function poisonOf({ subject, body }: Delivery, faults: readonly DeliveryIssue[]): DeadLetter {
  return { subject, body, issue: textOf(faults) };
}

function textOf(faults: readonly DeliveryIssue[]): string {
  const told = faults.slice(0, TOLD_FAULTS).map(({ text }) => text);
  const more = faults.length - told.length;
  return [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}
