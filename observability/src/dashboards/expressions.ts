/**
 * Each replica of the audit-service shows the whole log, so the same number several times: the highest one is taken, and
 * the others are not added to it.
 */
export function fromLog(value: string, ...labels: readonly string[]): string {
  return labels.length === 0 ? `max(${value})` : `max by (${labels.join(', ')}) (${value})`;
}

/** What all instances have together. */
export function sum(value: string, ...labels: readonly string[]): string {
  return labels.length === 0 ? `sum(${value})` : `sum by (${labels.join(', ')}) (${value})`;
}

/** Per second. @param counter with its selector */
export function rate(counter: string): string {
  return `rate(${counter}[$__rate_interval])`;
}

/** In the time that the dashboard shows. @param counter with its selector */
export function increaseInRange(counter: string): string {
  return `increase(${counter}[$__range])`;
}

/** Prometheus extrapolates increases, so that they are no whole numbers. */
export function whole(value: string): string {
  return `round(${value})`;
}

/** The ten highest; those at 0 are left out. */
export function highest(value: string): string {
  return `topk(10, ${value}) > 0`;
}

/** No value where nothing was measured: a comparison drops NaN. @param buckets a rate of buckets by `le` and more labels */
function quantile(q: number, buckets: string): string {
  return `histogram_quantile(${q}, ${buckets}) >= 0`;
}

/** A quantile of a histogram that every instance fills by itself. */
export function quantileOfAll(q: number, histogram: string, ...labels: readonly string[]): string {
  return quantile(q, sum(rate(bucketsOf(histogram)), 'le', ...labels));
}

/** A quantile of a histogram of the log. */
export function quantileFromLog(q: number, histogram: string): string {
  return quantile(q, fromLog(rate(bucketsOf(histogram)), 'le'));
}

function bucketsOf(histogram: string): string {
  const [, name = '', selector = ''] = /^(\w+)(\{.*\})?$/.exec(histogram) ?? [];
  return `${name}_bucket${selector}`;
}
