import { ValueType } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type HistogramMetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { type MetricName, metricRow, type NameOf } from './catalogue.ts';
import { keyOf, type Labels } from './metric-row.ts';

type HistogramName = NameOf<'histogram'>;

/** The values of a histogram: how many each bucket has, the last one those above all bounds, and their sum. */
export interface HistogramCounts {
  readonly counts: readonly number[];
  readonly sum: number;
}

/**
 * What OpenTelemetry's instruments lack: histograms that are 0 before the first record, and histograms that are read when they
 * are scraped.
 */
export interface HistogramPoints {
  /** Adds a point of value 0, until there is one with these labels. */
  start(name: HistogramName, labels: Labels): void;
  /** Sets a point, until it is forgotten. */
  set(name: HistogramName, labels: Labels, value: HistogramCounts): void;
  forget(names: readonly MetricName[]): void;
  addTo(collected: ResourceMetrics): ResourceMetrics;
}

export function createHistogramPoints(): HistogramPoints {
  const points = new Map<string, Map<string, DataPoint<Histogram>>>();

  function pointsOf(name: string): Map<string, DataPoint<Histogram>> {
    const known = points.get(name) ?? new Map<string, DataPoint<Histogram>>();
    points.set(name, known);
    return known;
  }

  function start(name: HistogramName, labels: Labels): void {
    const { buckets = [] } = metricRow(name);
    set(name, labels, { counts: Array.from({ length: buckets.length + 1 }, () => 0), sum: 0 });
  }

  function set(name: HistogramName, labels: Labels, { counts, sum }: HistogramCounts): void {
    const count = counts.reduce((all, one) => all + one, 0);
    const buckets = { boundaries: [...(metricRow(name).buckets ?? [])], counts: [...counts] };
    pointsOf(name).set(keyOf(labels), {
      startTime: [0, 0],
      endTime: [0, 0],
      attributes: labels,
      value: { buckets, sum, count },
    });
  }

  function forget(names: readonly MetricName[]): void {
    for (const name of names) points.delete(name);
  }

  function addTo(collected: ResourceMetrics): ResourceMetrics {
    const recorded = collected.scopeMetrics.flatMap(({ metrics }) => metrics);
    const names = new Set(recorded.map(({ descriptor }) => descriptor.name));
    const metrics = recorded.map((metric) =>
      metric.dataPointType === DataPointType.HISTOGRAM
        ? {
            ...metric,
            dataPoints: [...metric.dataPoints, ...missing(metric.descriptor.name, metric.dataPoints)],
          }
        : metric,
    );
    const others = [...points.keys()].filter((name) => !names.has(name)).map(metricOf);
    const [first] = collected.scopeMetrics;
    const scope = first?.scope ?? { name: '' };
    return { ...collected, scopeMetrics: [{ scope, metrics: [...metrics, ...others] }] };
  }

  function missing(name: string, there: readonly DataPoint<Histogram>[]): readonly DataPoint<Histogram>[] {
    const keys = new Set(there.map(({ attributes }) => keyOf(attributes as Labels)));
    return [...(points.get(name) ?? [])].filter(([key]) => !keys.has(key)).map(([, point]) => point);
  }

  function metricOf(name: string): HistogramMetricData {
    const { description, unit } = metricRow(name as HistogramName);
    return {
      descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: [...pointsOf(name).values()],
    };
  }

  return { start, set, forget, addTo };
}
