import type { AlertSample } from '@admit-one/core';

/** What the quantities of conditions were, from their samples. A quantity that was not sampled is undefined. */
export interface History {
  readonly samples: readonly AlertSample[];
  /**
   * Adds a sample, and drops those that nobody needs any more, or that are later, since the clock was set back. Returns what was
   * dropped, by time.
   */
  add(sample: AlertSample): readonly number[];
  /**
   * How much a counter grew between two times, where it was sampled in between. A counter that falls has started again at 0.
   * Between two samples it grew evenly; before the first one nothing is known.
   */
  increase(key: string, from: number, to: number): number | undefined;
  /** The highest value since a time. */
  highest(key: string, from: number): number | undefined;
}

/** Younger samples are all kept, for short windows; older ones stand this far apart. */
const FINE_MS = 2 * 3_600_000;
const COARSE_MS = 5 * 60_000;

/** @param keptMs how far conditions look back */
export function createHistory(stored: readonly AlertSample[], keptMs: number): History {
  let samples = [...stored];

  return {
    get samples() {
      return samples;
    },
    add(sample) {
      const later = samples.filter(({ at }) => at >= sample.at).map(({ at }) => at);
      samples = [...samples.filter(({ at }) => at < sample.at), sample];
      return [...later, ...thin(sample.at)];
    },
    increase(key, from, to) {
      const known = samples.flatMap(({ at, values }) => {
        const value = values[key];
        return value === undefined ? [] : [{ at, value }];
      });
      const first = known[0];
      if (!first || first.at >= to) return undefined;
      let grown = 0;
      for (const [n, { at, value }] of known.entries()) {
        const before = known[n - 1];
        if (!before) continue;
        const share = (Math.min(at, to) - Math.max(before.at, from)) / (at - before.at);
        if (share > 0) grown += share * (value < before.value ? value : value - before.value);
      }
      return grown;
    },
    highest(key, from) {
      const values = samples.filter(({ at }) => at >= from).flatMap(({ values }) => values[key] ?? []);
      return values.length === 0 ? undefined : Math.max(...values);
    },
  };

  function thin(now: number): readonly number[] {
    const kept: AlertSample[] = [];
    const dropped: number[] = [];
    for (const [n, sample] of samples.entries()) {
      const last = kept.at(-1);
      const next = samples[n + 1];
      // One that is too old still tells where the one after it began.
      const isTooOld = next !== undefined && next.at <= now - keptMs;
      const isBetween = last && next && sample.at < now - FINE_MS && next.at - last.at <= COARSE_MS;
      if (isTooOld || isBetween) dropped.push(sample.at);
      else kept.push(sample);
    }
    samples = kept;
    return dropped;
  }
}
