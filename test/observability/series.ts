/** What a series does: an amount, and until which minute. The last amount holds to the end. */
export type Phases = readonly [
  ...(readonly [amount: number, untilMinute: number])[],
  readonly [amount: number],
];

/** A series of a metric. `counter`: amounts are per minute. `age`: a gauge that shows a time so many seconds ago. */
export interface SimulatedSeries {
  readonly metric: string;
  readonly kind: 'counter' | 'gauge' | 'age';
  readonly labels: Readonly<Record<string, string>>;
  readonly phases: Phases;
}

export interface InputSeries {
  readonly series: string;
  readonly values: string;
}

/** A series for a test of promtool, whose time begins at 0. */
export function inputSeries(
  { metric, kind, labels, phases }: SimulatedSeries,
  minutes: number,
  intervalSeconds: number,
): InputSeries {
  const matchers = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const step = kind === 'counter' ? intervalSeconds / 60 : 0;
  const ticking = kind === 'age' ? intervalSeconds : 0;
  let value = 0;
  let tick = 0;
  const parts: string[] = [];
  for (const [amount, untilMinute = minutes] of phases) {
    const last = Math.round((untilMinute * 60) / intervalSeconds);
    const count = last - tick;
    if (count <= 0) continue;
    const [first, growth] =
      kind === 'counter'
        ? [value, amount * step]
        : [amount === 0 ? 0 : kind === 'age' ? tick * ticking - amount : amount, ticking];
    parts.push(`${first}${growth < 0 ? '' : '+'}${growth}x${count - 1}`);
    value = kind === 'counter' ? first + growth * count : value;
    tick = last;
  }
  return { series: `${metric}{${matchers.join(',')}}`, values: parts.join(' ') };
}
