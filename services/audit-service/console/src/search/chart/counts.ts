import type { SummaryRow } from '@admit-one/audit-service/api-types';
import type { Criterion } from '../criteria.ts';
import { parameterOf } from '../criteria.ts';
import { isoSpan, type Span } from '../time-range.ts';

/** The event types that are counted: an admission, and every kind of rejection. */
export const ADMISSION = 'admit.ticket.consumed';
const counted = [ADMISSION, 'admit.ticket.rejected', 'admit.handshake.rejected', 'admit.issuance.rejected'];

const MINUTE = 60_000;
const intervals = [
  ...([
    ['1m', 1],
    ['2m', 2],
    ['5m', 5],
    ['10m', 10],
    ['15m', 15],
    ['30m', 30],
  ] as const),
  ...([
    ['1h', 60],
    ['2h', 120],
    ['6h', 360],
    ['12h', 720],
    ['1d', 1_440],
    ['7d', 10_080],
  ] as const),
] as const;

/** About so many bars are shown. */
const MOST_BARS = 96;

/** How many reasons have their own colour. */
const MOST_REASONS = 5;

/** All rejections whose reason does not have its own colour. */
export const OTHERS = 'other reasons';
const ADMISSIONS = 'admissions';

/** The counts of one bar by series. */
export interface Bar extends Span {
  readonly counts: Readonly<Record<string, number>>;
  readonly admissions: number;
  readonly rejections: number;
}

export interface Counts {
  readonly bars: readonly Bar[];
  /** In the order of the stack: admissions, the most frequent reasons, and the others. */
  readonly series: readonly string[];
}

export interface Interval {
  readonly name: string;
  readonly ms: number;
}

/** The shortest interval with which a span has few enough bars. */
export function intervalOf({ from, to }: Span): Interval {
  const minutes = (to - from) / MINUTE;
  const [name, length] = intervals.find(([, each]) => minutes / each <= MOST_BARS) ?? ['7d', 10_080];
  return { name, ms: length * MINUTE };
}

/** The span from the beginning of its first interval to the end of its last: what is counted is counted whole. */
export function wholeIntervals({ from, to }: Span, { ms }: Interval): Span {
  return { from: Math.floor(from / ms) * ms, to: Math.ceil(to / ms) * ms };
}

/** The parameters of `summary`. Of the criteria only types and reasons narrow it: counts know no others. */
export function summaryQuery(
  span: Span,
  interval: Interval,
  criteria: readonly Criterion[],
): URLSearchParams {
  const reasons = criteria.filter(({ name, negated }) => name === 'reason' && !negated);
  const types = criteria.filter(({ name, negated }) => name === 'type' && !negated).map(({ value }) => value);
  const shown = types.length > 0 ? counted.filter((type) => types.includes(type)) : counted;
  return new URLSearchParams([
    ...Object.entries({ ...isoSpan(span), by: 'type,reason', interval: interval.name }),
    ...(shown.length > 0 ? shown : counted).map((type) => ['type', type]),
    ...reasons.map((one) => [parameterOf(one), one.value]),
  ]);
}

/** Whether criteria have some that the counts don't know. */
export function countsMore(criteria: readonly Criterion[]): boolean {
  return criteria.some(({ name, negated }) => negated || (name !== 'reason' && name !== 'type'));
}

/** The bars of a span. @param rows of `summary`, by type and reason */
export function countsOf(rows: readonly SummaryRow[], span: Span, { ms }: Interval): Counts {
  const totals = new Map<string, number>();
  for (const row of rows) {
    if (row.type !== ADMISSION) totals.set(nameOf(row), (totals.get(nameOf(row)) ?? 0) + row.count);
  }
  const frequent = [...totals].sort(([, one], [, other]) => other - one).map(([reason]) => reason);
  // One reason more than there are colours is shown as it is: "other reasons" would be as long.
  const named = frequent.slice(0, MOST_REASONS);
  const series = [ADMISSIONS, ...named, ...(frequent.length > named.length ? [OTHERS] : [])];

  const byStart = new Map<number, Record<string, number>>();
  for (const row of rows) {
    const start = Math.floor(Date.parse(row.time) / ms) * ms;
    const counts = byStart.get(start) ?? {};
    const name = row.type === ADMISSION ? ADMISSIONS : named.includes(nameOf(row)) ? nameOf(row) : OTHERS;
    counts[name] = (counts[name] ?? 0) + row.count;
    byStart.set(start, counts);
  }
  const bars: Bar[] = [];
  for (let from = span.from; from < span.to; from += ms) bars.push(barOf(from, ms, byStart.get(from) ?? {}));
  return { bars, series };
}

const nameOf = ({ reason }: SummaryRow): string => reason ?? OTHERS;

function barOf(from: number, ms: number, counts: Readonly<Record<string, number>>): Bar {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const admissions = counts[ADMISSIONS] ?? 0;
  return { from, to: from + ms, counts, admissions, rejections: all - admissions };
}

/** The sums of some bars. */
export function sumOf(bars: readonly Bar[]): Pick<Bar, 'admissions' | 'rejections'> {
  const sum = (pick: (bar: Bar) => number) => bars.reduce((total, bar) => total + pick(bar), 0);
  return { admissions: sum((bar) => bar.admissions), rejections: sum((bar) => bar.rejections) };
}
