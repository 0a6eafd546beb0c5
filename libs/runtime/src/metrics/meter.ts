import type {
  Counter,
  Gauge,
  Histogram,
  MetricOptions,
  Observable,
  Meter as OtelMeter,
  UpDownCounter,
} from '@opentelemetry/api';
import { type KnownValuesOf, type LabelsOf, type MetricName, metricRow, type NameOf } from './catalogue.ts';
import type { HistogramCounts, HistogramPoints } from './histogram-points.ts';
import { labelSetsOf } from './metric-row.ts';
import type { ObservedPoints } from './observed-points.ts';

/** What a callback of `observe` reports values to. */
export interface Observer<Name extends MetricName> {
  value<One extends Exclude<Name, NameOf<'histogram'>>>(one: One, value: number, labels: LabelsOf<One>): void;
  histogram<One extends Name & NameOf<'histogram'>>(
    one: One,
    value: HistogramCounts,
    labels: LabelsOf<One>,
  ): void;
}

/**
 * Makes instruments of the metrics in the catalogue. Counters and histograms start at 0 for every set of label values that
 * the catalogue and `known` give.
 */
export interface Meter {
  counter<Name extends NameOf<'counter'>>(name: Name, known?: KnownValuesOf<Name>): Counter<LabelsOf<Name>>;
  upDownCounter<Name extends NameOf<'gauge'>>(
    name: Name,
    known?: KnownValuesOf<Name>,
  ): UpDownCounter<LabelsOf<Name>>;
  gauge<Name extends NameOf<'gauge'>>(name: Name): Gauge<LabelsOf<Name>>;
  histogram<Name extends NameOf<'histogram'>>(name: Name): Histogram<LabelsOf<Name>>;
  /** Reads metrics whenever they are scraped. Returns a function that stops it. */
  observe<Name extends MetricName>(
    names: readonly Name[],
    callback: (observer: Observer<Name>) => void | Promise<void>,
  ): () => void;
}

export function createMeter(
  otel: OtelMeter,
  { histograms, observed }: { readonly histograms: HistogramPoints; readonly observed: ObservedPoints },
): Meter {
  return {
    counter(name, known) {
      const counter = otel.createCounter<LabelsOf<typeof name>>(name, optionsOf(name));
      for (const labels of labelSetsOf(metricRow(name), known))
        counter.add(0, labels as LabelsOf<typeof name>);
      return counter;
    },
    upDownCounter(name, known) {
      const counter = otel.createUpDownCounter<LabelsOf<typeof name>>(name, optionsOf(name));
      for (const labels of labelSetsOf(metricRow(name), known))
        counter.add(0, labels as LabelsOf<typeof name>);
      return counter;
    },
    gauge: (name) => otel.createGauge(name, optionsOf(name)),
    histogram(name) {
      for (const labels of labelSetsOf(metricRow(name))) histograms.start(name, labels);
      return otel.createHistogram(name, optionsOf(name));
    },
    observe(names, callback) {
      const observables = new Map<MetricName, Observable>(
        names
          .filter((name) => metricRow(name).kind !== 'histogram')
          .map((name) => [name, createObservable(otel, name)]),
      );
      const series = observed.observe(names);
      const read: Parameters<OtelMeter['addBatchObservableCallback']>[0] = (result) => {
        series.clear();
        return callback({
          value(name, value, labels) {
            series.add(name, labels);
            result.observe(observables.get(name) as Observable, value, labels);
          },
          histogram: (name, value, labels) => histograms.set(name, labels, value),
        });
      };
      const all = [...observables.values()];
      otel.addBatchObservableCallback(read, all);
      return () => {
        otel.removeBatchObservableCallback(read, all);
        histograms.forget(names);
        series.end();
      };
    },
  };
}

function createObservable(otel: OtelMeter, name: MetricName): Observable {
  return metricRow(name).kind === 'counter'
    ? otel.createObservableCounter(name, optionsOf(name))
    : otel.createObservableGauge(name, optionsOf(name));
}

function optionsOf(name: MetricName): MetricOptions {
  const { description, unit, buckets } = metricRow(name);
  return {
    description,
    ...(unit !== '1' && { unit }),
    ...(buckets && { advice: { explicitBucketBoundaries: [...buckets] } }),
  };
}
