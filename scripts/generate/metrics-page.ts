import { isEventType, isReason, reasons } from '@admit-one/core';
import { type MetricRow, metricGroups } from '@admit-one/runtime';
import { table } from './table.ts';

/** The page of all metrics, made of the catalogue. */
export function metricsPage(): string {
  const groups = metricGroups.map(
    ({ title, about, metrics }) => `## ${title}\n\n${about}\n\n${metricsTable(metrics)}`,
  );
  return `# Metrics

Every metric that the services serve at \`/metrics\` on \`METRICS_PORT\`, for people who write queries, alerts and dashboards. The page is generated from the catalogue in \`libs/runtime/src/metrics\`, which all instruments are made of.

Standalone serves all of them at one address. Labels have the values of closed lists, named here, or of the configuration; no label holds anything that a client sent. Counters and histograms are 0 from the start for every set of label values that is known then, so that the first increase is seen. The metric \`target_info\` of OpenTelemetry names the service and the instance.

${groups.join('\n\n')}
`;
}

function metricsTable(metrics: Readonly<Record<string, MetricRow>>): string {
  const rows = Object.entries(metrics).map(([name, row]) => [
    `\`${name}\``,
    row.kind,
    labelsOf(row),
    row.services.length === 3 ? 'all' : row.services.join(', '),
    descriptionOf(row),
  ]);
  return table(['metric', 'kind', 'labels', 'served by', 'what it is'], rows);
}

function labelsOf({ labels }: MetricRow): string {
  return Object.entries(labels)
    .map(([label, values]) => `\`${label}\`: ${typeof values === 'string' ? values : listOf(values)}`)
    .join('; ');
}

/** More values than these are summed up. */
const WRITTEN = 12;

function listOf(values: readonly string[]): string {
  if (values.length <= WRITTEN) return written(values);
  const isEvent = values.every(isEventType);
  if (isEvent) return 'the [event types](events.md)';
  const others = values.filter((value) => !isReason(value));
  if (others.length === values.length)
    return `${written(values.slice(0, WRITTEN))} and ${values.length - WRITTEN} more`;
  const some = values.length - others.length < Object.keys(reasons).length ? 'some of the' : 'the';
  return [`${some} [reasons](reasons.md)`, ...(others.length > 0 ? [written(others)] : [])].join(', ');
}

function written(values: readonly string[]): string {
  return values.map((value) => (value === '' ? 'empty' : `\`${value}\``)).join(', ');
}

function descriptionOf({ description, buckets }: MetricRow): string {
  return buckets ? `${description}. Buckets up to ${buckets.join(', ')} s` : description;
}
