import type { KnownValuesOf, LabelsOf, MetricName, NameOf } from './catalogue.ts';
import type { Labels } from './metric-row.ts';

export interface Counter<L extends Labels = Labels> {
  add(value: number, labels?: L): void;
}

export interface Gauge<L extends Labels = Labels> {
  record(value: number, labels?: L): void;
}

export interface Histogram<L extends Labels = Labels> {
  record(value: number, labels?: L): void;
}

/** The values of a histogram: how many each bucket has, the last one those above all bounds, and their sum. */
export interface HistogramCounts {
  readonly counts: readonly number[];
  readonly sum: number;
}

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
  ): Counter<LabelsOf<Name>>;
  gauge<Name extends NameOf<'gauge'>>(name: Name): Gauge<LabelsOf<Name>>;
  histogram<Name extends NameOf<'histogram'>>(name: Name): Histogram<LabelsOf<Name>>;
  /**
   * Reads metrics whenever they are scraped. A series that was not read is not served, and no metric whose callback fails.
   * Returns a function that stops it.
   */
  observe<Name extends MetricName>(
    names: readonly Name[],
    callback: (observer: Observer<Name>) => void | Promise<void>,
  ): () => void;
}
