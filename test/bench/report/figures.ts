/** What is measured, in the order of the report. */
export const measures = {
  cost: 'Closed loop: how much, and at what cost',
  rejections: 'Rejections: what one costs beside a ticket',
  latency: 'Open loop: latency from the scheduled moment',
  idle: 'Idle: memory of a connection, CPU with many connections and with none',
  proxy: 'Proxy route: what a message costs, beside nginx',
  start: 'Start, from the spawn of the built bundle to /readyz 200',
  flat: 'Flat cost: by how many unexpired tickets Redis holds',
  limits: 'Cost of the limits and of revocation markers: with them and without',
  scale: 'Scale-out: one, two and three instances of ticket-service and edge',
  reconnect: 'Mass reconnect: all clients lose their edge at once, and another one takes over',
  audit: 'Audit log: ingest, and the time of a page',
} as const;

export type Measure = keyof typeof measures;

/** Once measured: what, of whom. */
export interface Figure {
  readonly measure: Measure;
  /** A row of the report's table. */
  readonly what: string;
  /** A column of it: a contestant, a service, or a ratio such as `d/c`. */
  readonly of: string;
  readonly unit: '/s' | 's' | 'ms' | 'µs' | 'KiB' | 'kB' | '%' | '×' | 'count';
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** A figure of the values that the rounds gave. */
export function figureOf(
  place: Pick<Figure, 'measure' | 'what' | 'of' | 'unit'>,
  values: readonly number[],
): Figure {
  return { ...place, median: quantile(values, 0.5), min: Math.min(...values), max: Math.max(...values) };
}

/** By what a figure is known in another report. */
export function keyOf({ measure, what, of }: Pick<Figure, 'measure' | 'what' | 'of'>): string {
  return `${measure}: ${what}: ${of}`;
}

/** The value below which that share of the values is, by linear interpolation. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

/** What each of some values is of its counterpart, round by round: the machine was the same for both. */
export function ratiosOf(values: readonly number[], basis: readonly number[]): readonly number[] {
  return values.map((value, round) => value / (basis[round] ?? Number.NaN));
}
