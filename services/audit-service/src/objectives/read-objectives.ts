import type { EventCount, EventType, LogCount } from '@admit-one/core';
import { SLO_DAYS, type Slo, type SloName, sloRow, slos } from '@admit-one/observability';
import { type ReadCounter, readerOf } from '../metrics/log-counters.ts';
import { budgetRemaining, sloCounts } from '../metrics/slo-counts.ts';
import type { ObjectivesAnswer } from './objectives-schemas.ts';

const names = Object.keys(slos) as SloName[];

const eventsOf = ({ good, bad }: Slo) => [...good, ...bad];

/** The types of the events that objectives count by the minute. */
export const countedTypes: readonly EventType[] = [
  ...new Set(
    names.flatMap((name) => eventsOf(sloRow(name)).flatMap(({ types, measure }) => (measure ? [] : types))),
  ),
];

/**
 * How it stands with the objectives.
 * @param range counts of the range, by type and reason
 * @param totals the counters of the log, whose recent sums are of `SLO_DAYS`
 */
export function readObjectives(
  range: readonly EventCount[],
  totals: readonly LogCount[],
): ObjectivesAnswer['objectives'] {
  const recent = readerOf(totals, 'recent');
  const inRange = readerOfCounts(range);
  return names.map((name) => {
    const { title, description, objective } = sloRow(name);
    const budget = sloCounts(name, recent);
    const isMeasured = eventsOf(sloRow(name)).some(({ measure }) => measure !== undefined);
    return {
      ...{ name, title, description, objective },
      range: isMeasured ? null : sloCounts(name, inRange),
      budget: { days: SLO_DAYS, ...budget, remaining: budgetRemaining(name, budget) },
    };
  });
}

/** Reads counts as the counters of the log are read. */
function readerOfCounts(counts: readonly EventCount[]): ReadCounter {
  const values = new Map<string, number>();
  for (const { type, reason, count } of counts) {
    const counter = `events ${type} ${reason ?? '-'}`;
    values.set(counter, (values.get(counter) ?? 0) + count);
  }
  return (counter) => values.get(counter) ?? 0;
}
