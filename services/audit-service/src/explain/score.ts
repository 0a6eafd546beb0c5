import type { ValueCount } from '@admit-one/core';

/** A value that the events in question have in common, and that other events did not have as often. */
export interface CommonValue extends ValueCount {
  /** Its share of the events in question that have the dimension (`known`), 0 to 1. */
  readonly share: number;
  /** Its share of all events with this dimension in the range to compare with, 0 to 1. */
  readonly baselineShare: number;
  /** How many times more common it is among the events in question. */
  readonly lift: number;
}

/** What is left out: a value that few of the events have, or that is as common in other events. */
const MIN_SHARE = 0.2;
const MIN_LIFT = 2;

/**
 * What events have in common, what explains most first.
 * @param values their values, by dimension
 * @param baseline the values of all events in the range to compare with, by dimension
 * @param baselineTotal how many events those are; where there are none, values are listed by their share alone
 */
export function commonValues(
  values: readonly ValueCount[],
  baseline: readonly ValueCount[],
  baselineTotal: number,
): readonly CommonValue[] {
  const before = new Map(baseline.map((entry) => [keyOf(entry), entry.count]));
  const knownBefore = new Map(baseline.map(({ dimension, known }) => [dimension, known]));

  return values
    .map((entry) => {
      const share = entry.count / entry.known;
      // Where no event had the dimension, all events lacked the value.
      const all = knownBefore.get(entry.dimension) ?? baselineTotal;
      const same = before.get(keyOf(entry)) ?? 0;
      const baselineShare = all === 0 ? 0 : same / all;
      // What was not seen before is as rare as Laplace's rule of succession says: rarer, the more there was to see.
      const lift = share / (same === 0 ? 1 / (all + 2) : baselineShare);
      return { ...entry, share, baselineShare, lift };
    })
    .filter(({ share, lift }) => share >= MIN_SHARE && (baselineTotal === 0 || lift >= MIN_LIFT))
    .sort(
      (one, other) =>
        (baselineTotal === 0 ? other.share - one.share : weightOf(other) - weightOf(one)) ||
        other.count - one.count,
    );
}

/** A rare value counts for as much as many times it is more common than usual, and how many of the events have it. */
function weightOf({ share, lift }: CommonValue): number {
  return share * Math.log2(lift);
}

function keyOf({ dimension, value }: ValueCount): string {
  return JSON.stringify([dimension, value]);
}
