import { type LogHistogram, logHistograms, reasons } from '@admit-one/core';
import { type SloEvents, type SloMeasure, type SloName, sloRow } from '@admit-one/observability';
import { type ReadCounter, readHistogram } from './log-counters.ts';

/** How many events count for an objective. */
export interface SloCounts {
  readonly good: number;
  readonly bad: number;
}

export function sloCounts(name: SloName, read: ReadCounter): SloCounts {
  const { good, bad } = sloRow(name);
  const sumOf = (all: readonly SloEvents[]) => all.reduce((sum, events) => sum + countOf(events, read), 0);
  return { good: sumOf(good), bad: sumOf(bad) };
}

/** Which part of the error budget is left: below 0 where more than all of it is spent. */
export function budgetRemaining(name: SloName, { good, bad }: SloCounts): number {
  return bad === 0 ? 1 : 1 - bad / ((good + bad) * (1 - sloRow(name).objective));
}

const histogramOf: Readonly<Record<SloMeasure, LogHistogram>> = { upgrade: 'upgrade', storage: 'storage' };

const everyReason: readonly string[] = ['-', ...Object.keys(reasons), 'other'];

function countOf({ types, reasons: listed, measure }: SloEvents, read: ReadCounter): number {
  if (measure) return measured(measure, read);
  const counted = listed ?? everyReason;
  return types.reduce(
    (sum, type) => counted.reduce((all, reason) => all + read(`events ${type} ${reason}`), sum),
    0,
  );
}

/** The histogram has the events of the measure's types. */
function measured({ of, is, seconds }: NonNullable<SloEvents['measure']>, read: ReadCounter): number {
  const name = histogramOf[of];
  const within = logHistograms[name].filter((bound) => bound <= seconds).length;
  const { counts } = readHistogram(read, name);
  return (is === '<=' ? counts.slice(0, within) : counts.slice(within)).reduce(
    (sum, count) => sum + count,
    0,
  );
}
