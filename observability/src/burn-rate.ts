import { compare, increase, type LogCondition, ratioAbove } from './log-condition.ts';
import { type SloName, sloRow } from './slo.ts';
import { HOUR } from './spans.ts';

/** One pair of windows: both must burn the error budget faster than `rate` times as fast as it lasts. */
export interface BurnWindow {
  readonly longSeconds: number;
  readonly shortSeconds: number;
  readonly rate: number;
}

/** 2 % of a 30-day budget in an hour, 5 % in six hours. */
export const fastBurn: readonly BurnWindow[] = [
  { longSeconds: HOUR, shortSeconds: HOUR / 12, rate: 14.4 },
  { longSeconds: 6 * HOUR, shortSeconds: HOUR / 2, rate: 6 },
];

/** 10 % of a 30-day budget in a day or in three. */
export const slowBurn: readonly BurnWindow[] = [
  { longSeconds: 24 * HOUR, shortSeconds: 2 * HOUR, rate: 3 },
  { longSeconds: 72 * HOUR, shortSeconds: 6 * HOUR, rate: 1 },
];

/** Fewer bad events than this in the long window alert nobody: with little traffic, one failure is a large share. */
export const FEWEST_BAD_EVENTS = 10;

/** The error budget burns too fast in any of the pairs of windows. */
export function burnsFast(slo: SloName, windows: readonly BurnWindow[]): LogCondition {
  return {
    kind: 'any',
    conditions: windows.map(({ longSeconds, shortSeconds, rate }) => ({
      kind: 'all',
      conditions: [
        badShareAbove(slo, longSeconds, rate),
        badShareAbove(slo, shortSeconds, rate),
        compare(badEvents(slo, longSeconds), '>=', FEWEST_BAD_EVENTS),
      ],
    })),
  };
}

/** The share of bad events is above `rate` times the share that the objective leaves. */
export function badShareAbove(slo: SloName, seconds: number, rate: number): LogCondition {
  const share = Number((rate * (1 - sloRow(slo).objective)).toPrecision(6));
  return ratioAbove(
    badEvents(slo, seconds),
    increase('admit_slo_events_total', seconds, { slo: [slo] }),
    share,
  );
}

export function badEvents(slo: SloName, seconds: number) {
  return increase('admit_slo_events_total', seconds, { slo: [slo], outcome: ['bad'] });
}
