import type { AlertSample } from '@admit-one/core';

/** What the quantities of conditions were, from their samples. A quantity that was not sampled is undefined. */
export interface History {
  readonly samples: readonly AlertSample[];
  /** Samples must come in the order of time. */
  add(sample: AlertSample): void;
  /**
   * How much a counter grew between two times, where it was sampled in between. A counter that falls has started again at 0.
   * Between two samples it grew evenly; before the first one nothing is known.
   */
  increase(key: string, from: number, to: number): number | undefined;
  /** The highest value since a time. */
  highest(key: string, from: number): number | undefined;
  /** Drops, and names by their times, the samples that nobody needs at this time. */
  forget(now: number): readonly number[];
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
      samples.push(sample);
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
    forget(now) {
      const kept: AlertSample[] = [];
      const forgotten: number[] = [];
      for (const [n, sample] of samples.entries()) {
        const { at } = sample;
        const next = samples[n + 1];
        const last = kept.at(-1);
        // One that is too old still tells where the one after it began.
        const isTooOld = next !== undefined && next.at <= now - keptMs;
        const isBetween = last && next && at < now - FINE_MS && next.at - last.at <= COARSE_MS;
        if (isTooOld || isBetween) forgotten.push(at);
        else kept.push(sample);
      }
      samples = kept;
      return forgotten;
    },
  };
}
