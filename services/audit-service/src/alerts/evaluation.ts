import type { AlertRecord, AlertSample, AlertStore, Reporter, StoreClock } from '@admit-one/core';
import { type Quantity, quantitiesOf } from '@admit-one/observability';
import type { Logger, MetricPoint } from '@admit-one/runtime';
import { announce } from './announce.ts';
import { evaluate } from './evaluate.ts';
import { createHistory } from './history.ts';
import { keyOf, measure, sumOf } from './measure.ts';
import type { Notifier } from './notify/notifier.ts';
import { type AlertRule, reachOf } from './rules.ts';

export interface EvaluationOptions {
  readonly store: AlertStore;
  readonly rules: readonly AlertRule[];
  /** The counters and gauges of this process. */
  readonly collect: () => Promise<readonly MetricPoint[]>;
  /** What the value of a firing alert is about; null where there is no more to say. */
  readonly detailOf: (rule: AlertRule, now: number) => Promise<string | null>;
  /** Whether the audit log has the event of the record's last change. */
  readonly isReported: (record: AlertRecord) => Promise<boolean>;
  readonly notifier: Notifier;
  readonly reporter: Pick<Reporter, 'report'>;
  readonly instance: string;
  readonly clock: Pick<StoreClock, 'now'>;
  readonly log: Logger;
}

/** The alerts as the leading instance has them in memory. Both methods return false where another instance has taken over. */
export interface Evaluation {
  /** Those of the last run. */
  readonly records: readonly AlertRecord[];
  /** Evaluates every alert, saves the records, and announces what has changed. */
  run(): Promise<boolean>;
  save(): Promise<boolean>;
}

/** @param onSaveError called where the database does not take the records: they are kept here until it does */
export async function loadEvaluation(
  options: EvaluationOptions,
  onSaveError: (error: unknown) => void,
): Promise<Evaluation> {
  const { store, rules, collect, instance, clock, notifier } = options;
  const series = rules.flatMap(({ condition }) => quantitiesOf(condition));
  const keptMs = Math.max(0, ...series.map(reachOf)) * 1000;
  const [stored, samples] = await Promise.all([store.records(), store.samples()]);
  const history = createHistory(samples, keptMs);
  let records: readonly AlertRecord[] = await Promise.all(
    stored.map(async (record) => ({
      ...record,
      reported: record.reported || (await options.isReported(record)),
    })),
  );

  async function run(): Promise<boolean> {
    const points = await collect();
    const now = clock.now();
    const sample = { at: now, values: valuesOf(series, points) };
    const forget = history.add(sample);
    const measured = evaluate(rules, records, (rule) => measure(rule.condition, { history, now }), now);
    records = await withDetails(rules, records, measured, (rule) => options.detailOf(rule, now));
    return (await save({ sample, forget })) && announceAll(now);
  }

  async function save(
    added: Pick<Parameters<AlertStore['save']>[1], 'sample' | 'forget'> = {},
  ): Promise<boolean> {
    try {
      return await store.save(instance, { records, ...added });
    } catch (error) {
      onSaveError(error);
      return true;
    }
  }

  async function announceAll(now: number): Promise<boolean> {
    for (const [n, rule] of rules.entries()) {
      const record = records[n];
      if (record && !record.reported) announce(rule, record, records, options);
    }
    const delivered = await notifier.notify(rules, records, now);
    records = records.map((record) => ({
      ...record,
      notified: record.notified || delivered.has(record.name),
    }));
    const leads = delivered.size === 0 || (await save());
    // Saved by the next run: until then the events may not have been published.
    records = records.map((record) => ({ ...record, reported: true }));
    return leads;
  }

  return {
    get records() {
      return records;
    },
    run,
    save: () => save(),
  };
}

/** What each quantity comes to in the points of now; one that has none is left out. */
function valuesOf(quantities: readonly Quantity[], points: readonly MetricPoint[]): AlertSample['values'] {
  return Object.fromEntries(
    quantities.flatMap((quantity) => {
      const value = sumOf(quantity, points);
      return value === undefined ? [] : [[keyOf(quantity), value]];
    }),
  );
}

/**
 * The records of an evaluation; those of alerts that fired in it get a detail.
 * @param before the records before it
 * @param records one for each rule, in the order of the rules
 */
function withDetails(
  rules: readonly AlertRule[],
  before: readonly AlertRecord[],
  records: readonly AlertRecord[],
  detailOf: (rule: AlertRule) => Promise<string | null>,
): Promise<readonly AlertRecord[]> {
  const fired = new Set(before.map(({ name, firedAt }) => `${name} ${firedAt}`));
  return Promise.all(
    records.map(async (record, n) => {
      const rule = rules[n];
      if (!rule || record.firedAt === null || fired.has(`${record.name} ${record.firedAt}`)) return record;
      return { ...record, detail: await detailOf(rule).catch(() => null) };
    }),
  );
}
