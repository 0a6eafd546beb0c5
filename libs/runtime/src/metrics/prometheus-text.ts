import { metricRow } from './catalogue.ts';
import type { HistogramCounts } from './meter.ts';
import type { CollectedMetric } from './metric-registry.ts';
import type { Labels } from './metric-row.ts';
import type { Series } from './series.ts';

/**
 * Metrics in the text format of Prometheus.
 * @param target what `target_info` says of the process (OpenTelemetry's resource attributes)
 */
export function prometheusText(target: Labels, metrics: readonly CollectedMetric[]): string {
  const info = [
    '# HELP target_info Target metadata',
    '# TYPE target_info gauge',
    line('target_info', target, 1),
  ];
  return `${[info, ...metrics.map(linesOf)].map((lines) => lines.join('\n')).join('\n')}\n`;
}

function linesOf({ name, series }: CollectedMetric): readonly string[] {
  const { description, unit, kind, buckets = [] } = metricRow(name);
  return [
    `# HELP ${name} ${escaped(description)}`,
    ...(unit === '1' ? [] : [`# UNIT ${name} ${unit}`]),
    `# TYPE ${name} ${kind}`,
    ...series.flatMap(({ labels, value }) =>
      typeof value === 'number'
        ? [line(name, labels, value)]
        : histogramLines(name, buckets, { labels, value }),
    ),
  ];
}

function histogramLines(
  name: string,
  buckets: readonly number[],
  { labels, value: { counts, sum } }: Series<HistogramCounts>,
): readonly string[] {
  let below = 0;
  const cumulative = counts.map((count, index) => {
    below += count;
    return line(`${name}_bucket`, { ...labels, le: `${buckets[index] ?? '+Inf'}` }, below);
  });
  return [line(`${name}_count`, labels, below), line(`${name}_sum`, labels, sum), ...cumulative];
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(
    ([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`,
  );
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${numberText(value)}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  return Math.abs(value) === Number.POSITIVE_INFINITY ? `${value < 0 ? '-' : '+'}Inf` : `${value}`;
}
