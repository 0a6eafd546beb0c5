import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { MetricName } from './catalogue.ts';
import { keyOf, type Labels } from './metric-row.ts';

/** The series that one observer has reported. */
export interface ObservedSeries {
  add(name: MetricName, labels: Labels): void;
  clear(): void;
  /** The observer has stopped: its series are served no more. */
  end(): void;
}

/**
 * What OpenTelemetry does not forget: it serves a series that was observed once for ever. A gauge that cannot be read has to be
 * missing instead.
 */
export interface ObservedPoints {
  observe(names: readonly MetricName[]): ObservedSeries;
  /** Without the series that were not observed when they were read last. */
  only(collected: ResourceMetrics): ResourceMetrics;
}

export function createObservedPoints(): ObservedPoints {
  const names = new Set<string>();
  const observers = new Set<ReadonlySet<string>>();

  function isObserved(name: string, labels: Labels): boolean {
    const key = seriesOf(name, labels);
    return [...observers].some((series) => series.has(key));
  }

  function onlyObserved(metric: MetricData): MetricData {
    const { name } = metric.descriptor;
    if (!names.has(name)) return metric;
    const isKept = ({ attributes }: { readonly attributes: object }) =>
      isObserved(name, attributes as Labels);
    return {
      ...metric,
      dataPoints: (metric.dataPoints as readonly { attributes: object }[]).filter(isKept),
    } as MetricData;
  }

  return {
    observe(observed) {
      const series = new Set<string>();
      for (const name of observed) names.add(name);
      observers.add(series);
      return {
        add: (name, labels) => void series.add(seriesOf(name, labels)),
        clear: () => series.clear(),
        end: () => void observers.delete(series),
      };
    },
    only: (collected) => ({
      ...collected,
      scopeMetrics: collected.scopeMetrics.map(({ scope, metrics }) => ({
        scope,
        metrics: metrics.map(onlyObserved).filter(({ dataPoints }) => dataPoints.length > 0),
      })),
    }),
  };
}

function seriesOf(name: string, labels: Labels): string {
  return `${name} ${keyOf(labels)}`;
}
