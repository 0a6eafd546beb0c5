import { metrics } from '@admit-one/runtime';
import type { Condition } from './condition.ts';
import type { Comparison, Increase, Quantity, Series } from './log-condition.ts';

/** The labels that tell replicas of a service apart, with Prometheus, its operator for Kubernetes, and Google Cloud. */
export const REPLICA_LABELS = 'instance, pod, node';

export interface PromQlOptions {
  /** How many times shorter all spans are; 1 by default. For tests. */
  readonly timesShorter?: number;
  /** Whether increases of `admit_slo_events_total` are read from the recording rules, or worked out in place (the default). */
  readonly isRecorded?: boolean;
}

/** A condition as a PromQL expression: it has a series where the condition holds. */
export function toPromQl(
  condition: Condition,
  { timesShorter = 1, isRecorded = false }: PromQlOptions = {},
): string {
  const duration = (seconds: number) => formatDuration(seconds / timesShorter);
  return expressionOf(condition, { duration, isRecorded }, true);
}

interface Writing {
  readonly duration: (seconds: number) => string;
  readonly isRecorded: boolean;
}

function expressionOf(condition: Condition, writing: Writing, isOutermost: boolean): string {
  switch (condition.kind) {
    case 'always':
      return 'vector(1)';
    case 'promql':
      return isOutermost ? condition.text(writing.duration) : `(${condition.text(writing.duration)})`;
    case 'comparison':
      return comparisonOf(condition, writing);
    case 'all':
    case 'any': {
      const operator = condition.kind === 'all' ? 'and' : 'or';
      const parts = condition.conditions.map((part) => expressionOf(part, writing, false));
      const text = parts.join(`\n${operator}\n`);
      return isOutermost || parts.length === 1 ? text : `(${text})`;
    }
    default:
      return condition satisfies never;
  }
}

function comparisonOf({ quantity, outOf, is, value }: Comparison, writing: Writing): string {
  const left = quantityOf(quantity, writing);
  return `${outOf ? `${left} / ${quantityOf(outOf, writing)}` : left} ${is} ${value}`;
}

/** Every replica of the audit-service shows the same, so the highest of them is the value; one that lags behind is ignored. */
function quantityOf(quantity: Quantity, { duration, isRecorded }: Writing): string {
  if (isRecorded && isOfObjective(quantity)) return recordedSeries(quantity);
  const selector = selectorOf(quantity);
  switch (quantity.kind) {
    case 'increase': {
      const offset = quantity.endedSecondsAgo > 0 ? ` offset ${duration(quantity.endedSecondsAgo)}` : '';
      return summed(quantity, `increase(${selector}[${duration(quantity.overSeconds)}]${offset})`);
    }
    case 'level': {
      const span = quantity.highestOverSeconds;
      return summed(quantity, span > 0 ? `max_over_time(${selector}[${duration(span)}])` : selector);
    }
    case 'age':
      return `(time() - ${summed(quantity, selector)})`;
    default:
      return quantity satisfies never;
  }
}

export function isOfObjective(quantity: Quantity): quantity is Increase {
  return quantity.kind === 'increase' && quantity.metric === 'admit_slo_events_total';
}

function recordedSeries({ overSeconds, labels: { outcome, ...labels } }: Increase): string {
  return selectorOf({ metric: recordName(outcome ? 'bad' : 'all', overSeconds), labels });
}

/** The name of the recording rule for the bad or all events of an objective over a span. */
export function recordName(events: 'bad' | 'all', overSeconds: number): string {
  const counted = events === 'bad' ? 'slo_bad_events' : 'slo_events';
  return `admit:${counted}:increase${formatDuration(overSeconds)}`;
}

/** The labels of the metric are summed up, those of the target are kept: one result for each installation. */
function summed({ metric }: Series, replicas: string): string {
  const one = `max without (${REPLICA_LABELS}) (${replicas})`;
  const labels = labelsOf(metric);
  return labels.length === 0 ? one : `sum without (${labels.join(', ')}) (${one})`;
}

function labelsOf(metric: string): readonly string[] {
  const rows: Readonly<Record<string, { readonly labels: object } | undefined>> = metrics;
  return Object.keys(rows[metric]?.labels ?? {});
}

function selectorOf({ metric, labels }: Series): string {
  const matchers = Object.entries(labels).map(([label, values]) =>
    values.length === 1 ? `${label}="${values[0]}"` : `${label}=~"${values.join('|')}"`,
  );
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(',')}}`;
}

const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** Only units that every target knows: Kubernetes' durations have no days. */
export function formatDuration(seconds: number): string {
  const ms = Math.max(1, Math.round(seconds * 1_000));
  const [unit, size] = UNITS.find(([, each]) => ms % each === 0) ?? ['ms', 1];
  return `${ms / size}${unit}`;
}
