/**
 * Conditions that the audit log alone can decide. An alert's PromQL is made of the same conditions, so the audit-service's
 * evaluator and Prometheus judge alike. All values are read per installation: replicas of the audit-service show the same
 * numbers and are not added up.
 */
export type LogCondition = Comparison | Composite<LogCondition> | Always;

/** All of the conditions hold, or any of them. */
export interface Composite<Part> {
  readonly kind: 'all' | 'any';
  readonly conditions: readonly Part[];
}

/** Holds as long as the evaluator runs. */
export interface Always {
  readonly kind: 'always';
}

/** A quantity against a number, or its ratio to another quantity. A ratio of 0 to 0 is above nothing. */
export interface Comparison {
  readonly kind: 'comparison';
  readonly quantity: Quantity;
  /** The ratio to this quantity is compared; without it, the quantity itself. Always with `>`. */
  readonly outOf?: Quantity;
  readonly is: '>' | '>=' | '<' | '<=';
  readonly value: number;
}

export type Quantity = Increase | Level | Age;

/** How much a counter grew in a span. */
export interface Increase extends Series {
  readonly kind: 'increase';
  readonly overSeconds: number;
  /** The span ended so long ago; 0 for now. */
  readonly endedSecondsAgo: number;
}

/** The value of a gauge, or its highest value in a span. */
export interface Level extends Series {
  readonly kind: 'level';
  /** 0: the value now. */
  readonly highestOverSeconds: number;
}

/** How long ago the time is that a gauge shows, in seconds. */
export interface Age extends Series {
  readonly kind: 'age';
}

/** The series of a metric whose labels have one of the listed values, summed up. Labels that are not listed may have any value. */
export interface Series {
  readonly metric: string;
  readonly labels: Readonly<Record<string, readonly string[]>>;
}

type Labels = Series['labels'];

export function increase(metric: string, overSeconds: number, labels: Labels = {}): Increase {
  return { kind: 'increase', metric, labels, overSeconds, endedSecondsAgo: 0 };
}

/** The same counter over a span of the same or another length that ended some time ago. */
export function before(span: Increase, endedSecondsAgo: number, overSeconds = span.overSeconds): Increase {
  return { ...span, overSeconds, endedSecondsAgo };
}

export function level(metric: string, labels: Labels = {}, highestOverSeconds = 0): Level {
  return { kind: 'level', metric, labels, highestOverSeconds };
}

export function age(metric: string, labels: Labels = {}): Age {
  return { kind: 'age', metric, labels };
}

export function compare(quantity: Quantity, is: Comparison['is'], value: number): Comparison {
  return { kind: 'comparison', quantity, is, value };
}

/** Whether a quantity is more than a multiple of another. */
export function ratioAbove(quantity: Quantity, outOf: Quantity, value: number): Comparison {
  return { kind: 'comparison', quantity, outOf, is: '>', value };
}
