import { type AuditLog, pathways, type Running, serviceNames } from '@admit-one/core';
import { SLO_DAYS, type SloName, slos } from '@admit-one/observability';
import type { LabelsOf, Meter, MetricName, Observer } from '@admit-one/runtime';
import { createLastKnown } from './last-known.ts';
import { counterSeries, histograms, type ReadCounter, readerOf, readHistogram } from './log-counters.ts';
import { budgetRemaining, sloCounts } from './slo-counts.ts';

type Counter = keyof typeof counterSeries;
type Histogram = keyof typeof histograms;

const counters = Object.keys(counterSeries) as Counter[];
const histogramNames = Object.keys(histograms) as Histogram[];
const sloNames = Object.keys(slos) as SloName[];

/** What is read of many rows is read more seldom. */
const LEVELS_KEPT_MS = 5_000;

/**
 * Shows what the events in the audit log add up to: the same at every replica. While the audit log is unavailable, the metrics
 * stay as they were.
 */
export function observeEvents(auditLog: Pick<AuditLog, 'logCounts' | 'levels'>, meter: Meter): Running {
  const counts = createLastKnown(() => auditLog.logCounts(SLO_DAYS));
  const levels = createLastKnown(() => auditLog.levels(), LEVELS_KEPT_MS);
  /**
   * By counter. The connections that are open are added to those that have ended, and one whose end was reported late is
   * counted as open for a while: a counter must not fall.
   */
  const mostStayed: Record<string, number> = {};

  const stopCounters = meter.observe(
    [...counters, ...histogramNames, 'admit_slo_events_total', 'admit_slo_budget_remaining_ratio'],
    async (observer) => {
      const [current, present] = await Promise.all([counts.get(), levels.get()]);
      if (!current || !present) return;
      const total = readerOf(current, 'total');
      for (const pathway of pathways) {
        const counter = `tickets stayed ${pathway}`;
        const stayed = total(counter) + present.stayedConnections[pathway];
        mostStayed[counter] = Math.max(mostStayed[counter] ?? 0, stayed);
      }
      const read = (counter: string) => mostStayed[counter] ?? total(counter);
      for (const name of counters) showCounter(observer, name, read);
      for (const name of histogramNames) observer.histogram(name, readHistogram(total, histograms[name]), {});
      for (const slo of sloNames) showSlo(observer, slo, total, readerOf(current, 'recent'));
    },
  );
  const stopLevels = meter.observe(
    ['admit_rejections_largest_prefix', 'admit_origin_blocked_largest_addresses', 'admit_service_instances'],
    async (observer) => {
      const present = await levels.get();
      if (!present) return;
      observer.value('admit_rejections_largest_prefix', present.largestRejectedPrefix, {});
      observer.value('admit_origin_blocked_largest_addresses', present.largestBlockedOrigin, {});
      for (const service of serviceNames)
        observer.value('admit_service_instances', present.instances[service] ?? 0, { service });
    },
  );

  return {
    async stop() {
      stopCounters();
      stopLevels();
    },
  };
}

function showCounter<Name extends Counter>(observer: Observer<Name>, name: Name, read: ReadCounter): void {
  const series = counterSeries[name](read) as readonly (readonly [LabelsOf<Name>, number])[];
  for (const [labels, value] of series) observer.value(name, value, labels);
}

type SloMetric = Extract<MetricName, `admit_slo_${string}`>;

function showSlo(observer: Observer<SloMetric>, slo: SloName, total: ReadCounter, recent: ReadCounter): void {
  const { good, bad } = sloCounts(slo, total);
  observer.value('admit_slo_events_total', good, { slo, outcome: 'good' });
  observer.value('admit_slo_events_total', bad, { slo, outcome: 'bad' });
  observer.value('admit_slo_budget_remaining_ratio', budgetRemaining(slo, sloCounts(slo, recent)), { slo });
}
