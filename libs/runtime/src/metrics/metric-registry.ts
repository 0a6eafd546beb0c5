import { type KnownValuesOf, type LabelsOf, type MetricName, metricRow } from './catalogue.ts';
import type { Counter, HistogramCounts, Meter } from './meter.ts';
import { type Labels, labelSetsOf } from './metric-row.ts';
import { type Series, SeriesTable } from './series.ts';

/** A metric with what was counted and observed. */
export interface CollectedMetric {
  readonly name: MetricName;
  readonly series: readonly Series<number | HistogramCounts>[];
}

/** The metrics of a process. */
export interface MetricRegistry {
  readonly meter: Meter;
  /** Those that have series, as of now. Shared by all who ask while it runs. */
  collect(): Promise<readonly CollectedMetric[]>;
}

interface Sum {
  value: number;
}

interface Distribution {
  readonly counts: number[];
  sum: number;
}

interface Observation {
  readonly name: MetricName;
  readonly labels: Labels;
  readonly value: number | HistogramCounts;
}

type Read = () => Promise<readonly Observation[]>;

/** OpenTelemetry's instruments make a key of the labels at each call: 25 µs of a ticket. */
export function createMetricRegistry(): MetricRegistry {
  const sums = new Map<MetricName, SeriesTable<Sum>>();
  const distributions = new Map<MetricName, SeriesTable<Distribution>>();
  const readers = new Set<Read>();
  let collecting: Promise<readonly CollectedMetric[]> | undefined;

  function sumsOf(name: MetricName): SeriesTable<Sum> {
    const table =
      sums.get(name) ?? new SeriesTable(Object.keys(metricRow(name).labels), () => ({ value: 0 }));
    sums.set(name, table);
    return table;
  }

  function createCounter<Name extends MetricName>(
    name: Name,
    known?: KnownValuesOf<Name>,
  ): Counter<LabelsOf<Name>> {
    const table = sumsOf(name);
    for (const labels of labelSetsOf(metricRow(name), known)) table.at(labels);
    return {
      add(value, labels = NO_LABELS as LabelsOf<Name>) {
        table.at(labels).value += value;
      },
    };
  }

  const meter: Meter = {
    counter: createCounter,
    upDownCounter: createCounter,
    gauge(name) {
      const table = sumsOf(name);
      return {
        record(value, labels = NO_LABELS as LabelsOf<typeof name>) {
          table.at(labels).value = value;
        },
      };
    },
    histogram(name) {
      const { labels: names, buckets = [] } = metricRow(name);
      const create = () => ({ counts: Array.from({ length: buckets.length + 1 }, () => 0), sum: 0 });
      const table = distributions.get(name) ?? new SeriesTable(Object.keys(names), create);
      distributions.set(name, table);
      for (const labels of labelSetsOf(metricRow(name))) table.at(labels);
      return {
        record(value, labels = NO_LABELS as LabelsOf<typeof name>) {
          const series = table.at(labels);
          let bucket = 0;
          while (bucket < buckets.length && value > (buckets[bucket] as number)) bucket += 1;
          series.counts[bucket] = (series.counts[bucket] as number) + 1;
          series.sum += value;
        },
      };
    },
    observe(_names, callback) {
      const read = async () => {
        const observations: Observation[] = [];
        const add = (name: MetricName, value: Observation['value'], labels: Labels) =>
          void observations.push({ name, labels, value });
        await callback({ value: add, histogram: add });
        return observations;
      };
      readers.add(read);
      return () => void readers.delete(read);
    },
  };

  async function collectAll(): Promise<readonly CollectedMetric[]> {
    const read = await Promise.allSettled([...readers].map((reader) => reader()));
    const observed = observedMetrics(
      read.flatMap((result) => (result.status === 'fulfilled' ? result.value : [])),
    );
    const counted = [...sums].map(([name, { all }]) => ({
      name,
      series: all.map(({ labels, value: { value } }) => ({ labels, value })),
    }));
    const distributed = [...distributions].map(([name, { all: series }]) => ({ name, series }));
    return [...observed, ...counted, ...distributed].filter(({ series }) => series.length > 0);
  }

  return {
    meter,
    collect() {
      collecting ??= collectAll().finally(() => {
        collecting = undefined;
      });
      return collecting;
    },
  };
}

const NO_LABELS: Labels = {};

/** Of several observers of one series, such as in standalone, the last one counts. */
function observedMetrics(observations: readonly Observation[]): readonly CollectedMetric[] {
  const tables = new Map<MetricName, SeriesTable<{ value: Observation['value'] }>>();
  for (const { name, labels, value } of observations) {
    const table = tables.get(name) ?? new SeriesTable(Object.keys(metricRow(name).labels), () => ({ value }));
    tables.set(name, table);
    table.at(labels).value = value;
  }
  return [...tables].map(([name, { all }]) => ({
    name,
    series: all.map(({ labels, value: { value } }) => ({ labels, value })),
  }));
}
