import { DataPointType, type ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** The value of one series. */
export interface MetricPoint {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The counters and gauges among collected metrics, as Prometheus shows them; no histograms. */
export function metricPointsOf({ scopeMetrics }: ResourceMetrics): readonly MetricPoint[] {
  return scopeMetrics.flatMap(({ metrics }) =>
    metrics.flatMap(({ descriptor, dataPointType, dataPoints }) =>
      dataPointType === DataPointType.SUM || dataPointType === DataPointType.GAUGE
        ? dataPoints.map(({ attributes, value }) => ({
            metric: descriptor.name,
            labels: Object.fromEntries(
              Object.entries(attributes).map(([name, label]) => [name, String(label)]),
            ),
            value: value as number,
          }))
        : [],
    ),
  );
}
