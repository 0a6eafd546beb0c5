import {
  countedClients,
  countedCloseCodes,
  type EventType,
  eventCatalogue,
  type LogCount,
  type LogHistogram,
  logHistograms,
  pathways,
  type Reason,
  reasonRow,
  reasons,
  serviceNames,
  ticketStages,
} from '@admit-one/core';
import type { HistogramCounts, LabelsOf, MetricName } from '@admit-one/runtime';

/** Reads a counter of the audit log; one that is not there is 0. */
export type ReadCounter = (counter: string) => number;

type Series<Name extends MetricName> = readonly (readonly [labels: LabelsOf<Name>, value: number])[];

const rejectedTypes = (Object.keys(eventCatalogue) as EventType[]).filter((type) =>
  type.endsWith('.rejected'),
);

/** @param count which of its sums */
export function readerOf(counts: readonly LogCount[], sum: 'total' | 'recent'): ReadCounter {
  const values = new Map(counts.map((count) => [count.counter, count[sum]]));
  return (counter) => values.get(counter) ?? 0;
}

function rejectionsFor(read: ReadCounter, reason: string): number {
  return rejectedTypes.reduce((sum, type) => sum + read(`events ${type} ${reason}`), 0);
}

/** What the metrics that are plain counters come to. Every series is there. */
export const counterSeries = {
  admit_tickets_total: (read) =>
    ticketStages.flatMap((stage) =>
      pathways.map((pathway) => [{ stage, pathway }, read(`tickets ${stage} ${pathway}`)] as const),
    ),
  admit_tickets_unused_total: (read) =>
    pathways.map((pathway) => [{ pathway }, read(`tickets unused ${pathway}`)]),
  admit_rejections_total: (read) => [
    ...(Object.keys(reasons) as Reason[]).map(
      (reason) => [{ reason, fault: reasonRow(reason).fault }, rejectionsFor(read, reason)] as const,
    ),
    [{ reason: 'other', fault: 'unknown' }, rejectionsFor(read, 'other')],
  ],
  admit_connection_closes_total: (read) =>
    [...countedCloseCodes, 'other'].map((code) => [{ code: `${code}` }, read(`closes ${code}`)]),
  admit_client_admissions_total: (read) =>
    ([...countedClients, 'other'] as const).map((client) => [{ client }, read(`clients ${client}`)]),
  admit_edge_lost_connections_total: (read) => [[{}, read('events admit.connection.closed edge_lost')]],
  admit_service_starts_total: (read) =>
    serviceNames.map((service) => [{ service }, read(`starts ${service}`)]),
  admit_store_epochs_total: (read) => [[{}, read('events admit.store.started -')]],
  admit_break_glass_uses_total: (read) => [[{}, read('break_glass')]],
} as const satisfies { readonly [Name in MetricName]?: (read: ReadCounter) => Series<Name> };

/** The histograms of the audit log, by the metrics that show them. */
export const histograms = {
  admit_ticket_issue_to_consume_seconds: 'issue_to_consume',
  admit_connection_duration_seconds: 'connection_duration',
  admit_upgrade_duration_seconds: 'upgrade',
  admit_audit_storage_delay_seconds: 'storage',
} as const satisfies { readonly [Name in MetricName]?: LogHistogram };

export function readHistogram(read: ReadCounter, name: LogHistogram): HistogramCounts {
  return {
    counts: [...logHistograms[name], Number.POSITIVE_INFINITY].map((_, bucket) => read(`${name} ${bucket}`)),
    sum: read(`${name} sum`) / 1000,
  };
}
