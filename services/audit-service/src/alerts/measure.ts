import type { Comparison, LogCondition, Quantity, Series } from '@admit-one/observability';
import type { MetricPoint } from '@admit-one/runtime';
import type { History } from './history.ts';

/** What a condition comes to. */
export interface Measurement {
  readonly holds: boolean;
  /** The value of the comparison that decided, or of the first; null where nothing was measured. */
  readonly value: number | null;
}

/** What conditions are measured on. */
export interface MeasuredLog {
  readonly history: History;
  /** Store time, Unix milliseconds: the time of the newest sample. */
  readonly now: number;
}

/** The name of a series in samples. */
export function keyOf({ metric, labels }: Series): string {
  const listed = Object.entries(labels)
    .map(([name, values]) => `${name}=${values.join('|')}`)
    .sort();
  return listed.length === 0 ? metric : `${metric}{${listed.join(',')}}`;
}

/** The sum of the points of a series; undefined where there are none. */
export function sumOf({ metric, labels }: Series, points: readonly MetricPoint[]): number | undefined {
  const listed = Object.entries(labels);
  const matching = points.filter(
    (point) =>
      point.metric === metric && listed.every(([name, values]) => values.includes(point.labels[name] ?? '')),
  );
  if (matching.length === 0) return undefined;
  return matching.reduce((sum, { value }) => sum + value, 0);
}

/** A comparison of what was not measured does not hold. */
export function measure(condition: LogCondition, log: MeasuredLog): Measurement {
  switch (condition.kind) {
    case 'always':
      return { holds: true, value: null };
    case 'comparison':
      return compare(condition, log);
    case 'all':
    case 'any': {
      const parts = condition.conditions.map((part) => measure(part, log));
      const holds =
        condition.kind === 'all' ? parts.every((part) => part.holds) : parts.some((part) => part.holds);
      const deciding = parts.find((part) => part.holds === holds) ?? parts[0];
      return { holds, value: deciding?.value ?? null };
    }
    default:
      return condition satisfies never;
  }
}

function compare({ quantity, outOf, is, value: bound }: Comparison, log: MeasuredLog): Measurement {
  const measured = valueOfQuantity(quantity, log);
  const whole = outOf && valueOfQuantity(outOf, log);
  if (measured === undefined || (outOf && whole === undefined)) return { holds: false, value: null };
  const value = whole === undefined ? measured : ratioOf(measured, whole);
  return { holds: isTrue(value, is, bound), value: Number.isFinite(value) ? value : null };
}

/** A ratio of 0 to 0 is above nothing. */
function ratioOf(part: number, whole: number): number {
  return part === 0 ? 0 : part / whole;
}

function isTrue(value: number, is: Comparison['is'], bound: number): boolean {
  switch (is) {
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    default:
      return is satisfies never;
  }
}

function valueOfQuantity(quantity: Quantity, { history, now }: MeasuredLog): number | undefined {
  const key = keyOf(quantity);
  switch (quantity.kind) {
    case 'increase': {
      const to = now - quantity.endedSecondsAgo * 1000;
      return history.increase(key, to - quantity.overSeconds * 1000, to);
    }
    case 'level':
      return history.highest(key, now - quantity.highestOverSeconds * 1000);
    case 'age': {
      const time = history.highest(key, now);
      return time === undefined ? undefined : now / 1000 - time;
    }
    default:
      return quantity satisfies never;
  }
}
