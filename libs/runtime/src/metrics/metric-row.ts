import type { serviceNames } from '@admit-one/core';

/** Who serves a metric: a service, or `admit probe`. */
export type MetricService = (typeof serviceNames)[number] | 'admit-probe';

/** UCUM, as OpenTelemetry writes units; 1: a count, a ratio or a state. */
export type Unit = 's' | 'By' | '1';

/** All values that a label has. Where these are not known before a process runs: what they are, in words. */
export type LabelValues = readonly string[] | string;

export type Labels = Readonly<Record<string, string>>;

/** One metric, as its name in the catalogue says the rest. */
export interface MetricRow {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly unit: Unit;
  readonly description: string;
  readonly labels: Readonly<Record<string, LabelValues>>;
  /** The sets of label values that exist, where these are not all combinations. */
  readonly sets?: readonly Labels[];
  /** Who serves it. Standalone serves the metrics of all three services. */
  readonly services: readonly MetricService[];
  /** The upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

export type Catalogue = Readonly<Record<string, MetricRow>>;

type ValueOf<Values> = Values extends readonly (infer Value extends string)[] ? Value : string;

/** The labels of a metric, each with the values that it may have. */
export type LabelsOfRow<Row extends MetricRow> = {
  readonly [Label in keyof Row['labels']]: ValueOf<Row['labels'][Label]>;
};

/** The values of labels that the catalogue does not know, such as the configured routes. */
export type KnownValues<Row extends MetricRow> = {
  readonly [Label in keyof Row['labels'] as Row['labels'][Label] extends readonly string[]
    ? never
    : Label]?: readonly string[];
};

/**
 * Every set of label values that a metric can have, so that each can start at 0; none where the values of a label are not
 * known.
 */
export function labelSetsOf(
  { labels, sets }: Pick<MetricRow, 'labels' | 'sets'>,
  known: Readonly<Record<string, readonly string[] | undefined>> = {},
): readonly Labels[] {
  if (sets) return sets;
  return Object.entries(labels).reduce<readonly Labels[]>(
    (built, [label, values]) => {
      const all = typeof values === 'string' ? (known[label] ?? []) : values;
      return built.flatMap((set) => all.map((value) => ({ ...set, [label]: value })));
    },
    [{}],
  );
}
